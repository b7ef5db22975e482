"""Models of what decides a comparison, fitted to counts or rows."""

from apps.stats.models.bradley_terry import BradleyTerryFit, fit_bradley_terry

__all__ = ["BradleyTerryFit", "fit_bradley_terry"]
