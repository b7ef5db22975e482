"""What PostgreSQL holds and Django cannot say: triggers, composite keys, advisory locks, COPY."""
