"""Wall-clock instants."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime


class WallClockField(models.DateTimeField):
    """A date and time as the project's calendar reads them: naive in Python, `timestamp` in PostgreSQL.

    Django's own field would make it an instant in UTC, which moves tasks when clocks change.
    """

    def db_type(self, connection: Any) -> str:
        return "timestamp without time zone"

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, str):
            value = parse_datetime(value)
        if isinstance(value, datetime) or value is None:
            return value.replace(tzinfo=None) if value else None
        return super().to_python(value)

    def get_prep_value(self, value: Any) -> datetime | None:
        return self.to_python(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> datetime | None:
        return value if prepared else self.get_prep_value(value)
