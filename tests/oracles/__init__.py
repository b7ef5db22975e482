"""Independent packages, in an environment of their own: what they compute, and how fast. Nothing here knows ours."""
