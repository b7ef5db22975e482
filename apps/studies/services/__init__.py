"""Writes about studies and their material."""

from .lifecycle import change_state
from .protocol import ProtocolTerms, create_study, revise_protocol

__all__ = ["ProtocolTerms", "change_state", "create_study", "revise_protocol"]
