"""Times as arguments."""

from __future__ import annotations

from datetime import date, datetime

from memory_engine.errors import InvalidArgumentError


def as_time(value: str | date | datetime) -> str:
    """ISO 8601; a datetime must say its zone, a date is a day."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime) and value.tzinfo is None:
        raise InvalidArgumentError(f"{value} has no time zone", "give the datetime a tzinfo")
    return value.isoformat()
