"""Writes about quality: freezing the figures of raters and of agreement."""

from .freezing import KINDS, freeze_figures

__all__ = ["KINDS", "freeze_figures"]
