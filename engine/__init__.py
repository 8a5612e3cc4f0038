"""A BPMN engine with provable history: runs any process, has never heard of a directive, Flask or Vietnamese."""

#: Recorded in every journal entry. Changes only when the meaning of a command changes.
ENGINE_VERSION = 1
