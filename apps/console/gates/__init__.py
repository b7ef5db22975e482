"""Gates: rules for a release, written down beforehand, and whether the judgments decide them."""
