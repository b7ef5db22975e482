"""Pure planning: which tasks, in which order, with which probabilities. No database."""
