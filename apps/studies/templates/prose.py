"""Guidelines, written here in lines of a page and kept in lines of thought."""

import re

_STARTS = re.compile(r"(?:[-*] |\d+\. |#)")


def flowing(text: str) -> str:
    """The text with its paragraphs and points in one line each, as whoever edits them in a page expects."""
    lines: list[str] = []
    for line in text.splitlines():
        goes_on = bool(lines and lines[-1].strip() and line.strip() and not _STARTS.match(line))
        if goes_on:
            lines[-1] = f"{lines[-1]} {line.strip()}"
        else:
            lines.append(line)
    return "\n".join(lines).strip() + "\n"
