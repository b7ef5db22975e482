"""Which draw, and which side: the reads behind giving out work. Serving is stupid and fast."""
