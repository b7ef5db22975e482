"""Rows of several tables as the models they are, for statements written in SQL."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

M = TypeVar("M", bound=Model)


def columns_of(model: type[Model], alias: str) -> str:
    """All columns of the model's table, in the order that `read_instance` reads them."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def read_instance(model: type[M], values: Iterator[Any]) -> M:
    """The instance whose columns come next in `values`; only for models without converted columns (json)."""
    names: Sequence[str] = [field.attname for field in model._meta.concrete_fields]
    return model.from_db(DEFAULT_DB_ALIAS, names, [next(values) for _ in names])
