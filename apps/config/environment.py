"""Reads the environment for the settings: safe defaults in development, none where production needs its own."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PRODUCTION = os.environ.get("TOUCHSTONE_ENV", "development") == "production"


def required_in_production(name: str, development_default: str) -> str:
    """The variable `name`; its default outside production only."""
    value = os.environ.get(name, "")
    if value:
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(
            f"{name} is not set. In production (TOUCHSTONE_ENV=production) it needs a real value: "
            "see deploy/environment.sample."
        )
    return development_default


def flag(name: str, *, default: bool) -> bool:
    """A yes-or-no variable."""
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "1", "0", "true", "false", "yes", "no"}:
        return default if value == "" else value in {"1", "true", "yes"}
    raise ImproperlyConfigured(f"{name}={value!r}: write 1 or 0.")


def words(value: str) -> list[str]:
    """The comma-separated words of a variable."""
    return [word.strip() for word in value.split(",") if word.strip()]


def database_from_url(url: str) -> dict[str, Any]:
    """Django's settings for a `postgresql://user:password@host:port/name?option=value` address."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgresql://user:password@host:5432/name; Touchstone runs on PostgreSQL only."
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")  # a socket's folder comes as ?host=
    port = options.pop("port", None) or str(parts.port or "")
    return {
        "ENGINE": "apps.core.database.engine",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
    }


def folder(name: str, default: Path) -> Path:
    """A folder named by a variable."""
    return Path(os.environ.get(name) or default)
