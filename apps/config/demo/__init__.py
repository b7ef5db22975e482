"""The demo: an invented study, invented people, and everything started by one command."""
