"""Rows of several tables as the models they are, for statements written in SQL."""

from collections.abc import Iterator
from functools import cache
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import DateTimeField, Field, Model

M = TypeVar("M", bound=Model)


@cache
def _fields(model: type[Model]) -> "tuple[Field[object, object], ...]":
    """Times cost most to read, and hardly anybody asks for them: they are deferred."""
    return tuple(field for field in model._meta.concrete_fields if not isinstance(field, DateTimeField))


def columns_of(model: type[Model], alias: str) -> str:
    """The columns of the model's table that `read_instance` reads, in its order."""
    return ", ".join(f'{alias}."{field.column}"' for field in _fields(model))


def read_instance(model: type[M], values: Iterator[object]) -> M:
    """The instance whose columns come next in `values`; only for models without converted columns (json)."""
    fields = _fields(model)
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], [next(values) for _ in fields])
