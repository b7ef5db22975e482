"""The exchange format: whole studies in and out of files."""
