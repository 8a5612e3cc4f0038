"""Excel workbooks: what a person sees on their visible sheets."""
