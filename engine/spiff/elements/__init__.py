"""The BPMN elements as this engine runs them: SpiffWorkflow's specs, with tokens and waiting of our own."""
