"""How plans say their numbers."""


def count(n: int) -> str:
    """A whole number with its thousands set apart."""
    return f"{n:,}"


def times(confidence_level: float) -> str:
    """A confidence level as people say it: 19 times in 20."""
    for of in (10, 20):
        held = confidence_level * of
        if abs(held - round(held)) < 1e-9 and round(held) < of:
            return f"{round(held)} times in {of}"
    return f"{100 * confidence_level:.12g} times in 100"


def points(share: float) -> str:
    """A share as points of a hundred."""
    said = f"{100 * share:.3g}"
    return f"{said} point" if said == "1" else f"{said} points"


def more(n_more: int, n_already: int) -> str:
    """The sentence about what is there already; nothing where nothing is."""
    if not n_already:
        return ""
    if not n_more:
        return f" You have {count(n_already)}, which is enough."
    return f" You have {count(n_already)}; {count(n_more)} more are needed."
