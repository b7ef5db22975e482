"""Django's PostgreSQL backend as Touchstone uses it (Django looks for `base` in here)."""
