"""The words of Landis & Koch (1977, Biometrics 33): a convention, named as one."""

# Lower ends, best band first; the last reaches down to -1. They print .81, .61, ... of figures with two digits.
LANDIS_KOCH = (
    (0.8, "almost perfect"),
    (0.6, "substantial"),
    (0.4, "moderate"),
    (0.2, "fair"),
    (0.0, "slight"),
    (-1.0, "poor"),
)


def landis_koch(value: float) -> str:
    """Their word for a chance-corrected figure."""
    name = next((name for least, name in LANDIS_KOCH if value >= least), "poor")
    return name if value >= 0 else f"{name}: less than chance would give"
