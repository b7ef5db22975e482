"""The errors that people see. Each message is a sentence that says what to do."""


class Refused(Exception):
    """The request cannot be carried out; nothing was stored. The message is for the person who asked."""

    @property
    def sentence(self) -> str:
        """The message, for a page or a command line."""
        return str(self)


class NotFound(Refused):
    """There is no such thing, or it is not for this person: a stranger cannot tell which."""


class Conflict(Refused):
    """Something else was stored first and stands."""
