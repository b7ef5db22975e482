"""A form of a page as a browser would send it: its fields with their values, and no button."""

from html.parser import HTMLParser

Fields = dict[str, list[str]]


class _Form(HTMLParser):
    """Collects the fields of one form, also those that stand outside it and name it."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.is_inside = form, False
        self.fields: Fields = {}
        self._select, self._textarea = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A field may begin here, or the form."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_inside = given.get("id") == self.form
        if not (given.get("form") == self.form or (self.is_inside and "form" not in given)):
            return
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.fields[self._select] = [given["value"]]
        elif tag == "option":
            self.fields.setdefault(self._select, [given["value"]])
        elif tag == "textarea":
            self._textarea, self.fields[name] = name, [""]
        elif tag == "input" and given.get("type") in {"checkbox", "radio"}:
            if "checked" in given:
                self.fields.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "input" and given.get("type") != "file":
            self.fields[name] = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        """The field or the form ends here."""
        if tag == "form":
            self.is_inside = False
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        """What stands in a text field, after the line break that HTML leaves out."""
        if self._textarea:
            self.fields[self._textarea][0] += data.removeprefix("\n") if not self.fields[self._textarea][0] else data


def fields_of(page: str, form: str = "settings") -> Fields:
    """The fields of the form with this id."""
    found = _Form(form)
    found.feed(page)
    return found.fields
