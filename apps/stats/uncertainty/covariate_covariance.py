"""How far coefficients of covariates, and strengths beside them, would move with other raters and items.

The joint sandwich of strengths and coefficients, clustered as the board's (covariance.py): V(rater) +
V(item) - V(rater and item), each with the factor G/(G-1) (N-1)/(N-p) for p = n - 1 + k free parameters.
"""

from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import FloatArray, totals
from apps.stats.intervals import two_sided_quantile
from apps.stats.models.covariates import CovariateFit, coefficient_readings
from apps.stats.pairwise.cluster_products import cluster_products
from apps.stats.pairwise.clusters import Clusters
from apps.stats.uncertainty.covariance import Covariance, clustered_as_known


@dataclass(frozen=True, eq=False)
class CovariateCovariance:
    """The joint covariance of strengths and coefficients, and the coefficients' intervals from it.

    `joint` is over [n + k] parameters, strengths first, with its floors, degrees of freedom, clustering and
    reason. `coefficients`, `standard_errors`, `low`, `high` have shape [k], in the order of `names`;
    `readings` say them in words.
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    standard_errors: FloatArray
    low: FloatArray
    high: FloatArray
    joint: Covariance
    n_judgments: int
    confidence_level: float
    readings: tuple[str, ...]

    @property
    def strengths(self) -> Covariance:
        """The covariance of the strengths alone, as rank sets take it: a board with the covariates allowed for."""
        n = len(self.joint.matrix) - len(self.coefficients)
        floors = tuple(floor[:n, :n] for floor in self.joint.floors)
        joint = self.joint
        return Covariance(joint.matrix[:n, :n], floors, joint.degrees_of_freedom, joint.clustering, joint.reason)


def robust_covariate_covariance(fit: CovariateFit) -> CovariateCovariance:
    """Intervals of coefficients that allow judgments of one rater, or on one item, to depend on each other.

    Two-way cluster-robust (Cameron, Gelbach & Miller 2011, Journal of Business & Economic Statistics 29), as
    robust_covariance: with one rater it clusters by item, with one item by rater, with one of both it takes
    judgments as independent, and says so. Every variance is floored at the one-way variances, the independent
    one, and the least that could be unknown. The t quantile has min(G) - 1 degrees of freedom, G counting
    raters or items. The confidence level is the fit's.
    """
    residual = (fit.rows.earned - fit.expected) * fit.rows.count
    joint = clustered_as_known(
        fit.rows,
        fit.joint_covariance,
        lambda clusters: _sandwich(fit, residual, clusters),
        fit.least_covariance,
    )
    standard_errors = np.sqrt(joint.variances()[fit.n_competitors :])
    margin = two_sided_quantile(fit.confidence_level, joint.degrees_of_freedom) * standard_errors
    low, high = fit.coefficients - margin, fit.coefficients + margin
    return CovariateCovariance(
        names=fit.names,
        coefficients=fit.coefficients,
        standard_errors=standard_errors,
        low=low,
        high=high,
        joint=joint,
        n_judgments=fit.n_judgments,
        confidence_level=fit.confidence_level,
        readings=coefficient_readings(fit.names, fit.coefficients, low, high, fit.confidence_level, joint.reason),
    )


def _sandwich(fit: CovariateFit, residual: FloatArray, clusters: Clusters) -> FloatArray:
    """One way of clustering. [n + k, n + k]"""
    n_judgments, n_free = fit.n_judgments, fit.n_competitors - 1 + len(fit.names)
    small_sample = clusters.n / (clusters.n - 1) * (n_judgments - 1) / max(n_judgments - n_free, 1)
    bread = fit.joint_model_covariance
    covariance = bread @ _score_products(fit, residual, clusters) @ bread * small_sample
    return np.asarray((covariance + covariance.T) / 2)


def _score_products(fit: CovariateFit, residual: FloatArray, clusters: Clusters) -> FloatArray:
    """G'G, G holding the score of each cluster. [n + k, n + k]"""
    n, rows, cluster = fit.n_competitors, fit.rows, clusters.dense
    products = np.empty((n + len(fit.names), n + len(fit.names)))
    products[:n, :n] = cluster_products(rows, residual, -residual, clusters)
    by_covariate = [totals(cluster, residual * covariate, clusters.n) for covariate in fit.covariates]
    for place, score in enumerate(by_covariate, start=n):
        # A cluster's score for a covariate meets that of its competitors row by row.
        met = residual * score[cluster]
        products[:n, place] = totals(rows.first, met, n) - totals(rows.second, met, n)
        products[place, :n] = products[:n, place]
        products[n:, place] = [score @ other for other in by_covariate]
    return products
