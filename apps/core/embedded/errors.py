"""The one error of the embedded database."""


class EmbeddedServerError(RuntimeError):
    """The embedded PostgreSQL cannot do what was asked; the message says why and what to do."""
