"""Writes about people and workspaces."""

from .membership import create_workspace, give_role

__all__ = ["create_workspace", "give_role"]
