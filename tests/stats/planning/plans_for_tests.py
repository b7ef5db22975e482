"""What the tests of plans share."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

unhurried = settings(deadline=None, max_examples=60)

tie_shares = st.floats(0, 0.6)
levels = st.floats(0.8, 0.999)
effects = st.floats(1, 4)


def near(share, promised, n_tries):
    """Whether a simulated share is what was promised, but for four standard errors of the simulation."""
    return abs(share - promised) < 4 * np.sqrt(promised * (1 - promised) / n_tries)
