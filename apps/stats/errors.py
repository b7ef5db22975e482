"""What the statistics refuse, by name. Every message says what to do."""

# A name says what is wrong with the data; the base class says that it is an error.


class StatisticsError(ValueError):
    """The base of every refusal in this package."""


class InvalidInput(StatisticsError):
    """An array has the wrong shape, type or range."""


class EmptyInput(StatisticsError):
    """There is nothing to compute from."""


class UnknownOutcome(StatisticsError):
    """An outcome code that no `Outcome` names: never guessed, never dropped."""


class TooFewClusters(StatisticsError):
    """A cluster-robust variance needs at least two clusters."""


class DisconnectedComparisons(StatisticsError):
    """Competitors fall into groups that were never compared with each other.

    `islands` names them: one tuple of competitor indices for each group, each ascending, in the order of
    their first member.
    """

    def __init__(self, islands: tuple[tuple[int, ...], ...]) -> None:
        self.islands = islands
        groups = "; ".join("{" + ", ".join(map(str, island)) + "}" for island in islands)
        super().__init__(
            f"The comparisons fall into {len(islands)} groups of competitors that were never decided or tied "
            f"against each other: {groups}. Collect comparisons between the groups, or rank inside each "
            "group with fit_islands."
        )


class SeparatedComparisons(StatisticsError):
    """The likelihood has no top: some outcome is always the same, and an estimate would run to infinity."""


class ConfoundedCovariates(StatisticsError):
    """A covariate says nothing that the competitors, or the other covariates, do not say already."""
