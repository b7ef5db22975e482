"""Pages read as trees of elements. `parse_html` refuses markup that does not nest."""

from collections.abc import Iterator

from django.test.html import Element, parse_html


def attributes(element: Element) -> dict[str, str]:
    return {name: value if value is not None else "" for name, value in element.attributes}


def elements(html: str | Element) -> Iterator[Element]:
    """All elements, in order."""
    top = parse_html(html) if isinstance(html, str) else html
    if top.name:
        yield top
    for child in top.children:
        if isinstance(child, Element):
            yield from elements(child)


def words(element: Element) -> str:
    return " ".join(words(child) if isinstance(child, Element) else str(child).strip() for child in element.children)


def find(html: str | Element, name: str, /, **wanted: str) -> list[Element]:
    asked = {key.rstrip("_").replace("_", "-"): value for key, value in wanted.items()}
    return [e for e in elements(html) if e.name == name and asked.items() <= attributes(e).items()]


def documents(html: str) -> list[list[Element]]:
    """The page, and what each of its <template>s holds: ids are counted in each by itself."""
    whole = parse_html(html)
    inside = [list(elements(template))[1:] for template in find(whole, "template")]
    hidden = {id(element) for part in inside for element in part}
    return [[element for element in elements(whole) if id(element) not in hidden], *inside]


def parents(whole: Element) -> dict[int, Element]:
    return {id(child): e for e in elements(whole) for child in e.children if isinstance(child, Element)}


def ancestors(element: Element, above: dict[int, Element]) -> Iterator[Element]:
    while id(element) in above:
        element = above[id(element)]
        yield element
