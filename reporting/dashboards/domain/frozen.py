"""Dataclasses to JSON and back, exactly: decimals and keys as text, dates in ISO 8601, tuples as lists."""

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")


class FrozenDataError(ValueError):
    """The JSON does not have the shape of the dataclass; the message says where."""


def to_json(value: Any) -> Any:
    """What `json.dumps` accepts, and from which `from_json` makes an equal value."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, date):  # and datetime, which is one
        return value.isoformat()
    if value is None or isinstance(value, str | int | bool):
        return value
    raise FrozenDataError(f"cannot freeze a {type(value).__name__}")


def from_json(kind: type[T], data: Any) -> T:
    """The dataclass `kind` that `to_json` had written. Raises FrozenDataError for anything else."""
    made: T = _read(kind, data, kind.__name__)
    return made


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, data: Any, where: str) -> Any:
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        if data is None and NoneType in get_args(kind):
            return None
        return _read(next(option for option in get_args(kind) if option is not NoneType), data, where)
    if origin is tuple:
        if not isinstance(data, list):
            raise FrozenDataError(f"{where}: a list was expected")
        return tuple(_read(get_args(kind)[0], item, f"{where}[{index}]") for index, item in enumerate(data))
    if is_dataclass(kind):
        if not isinstance(data, dict):
            raise FrozenDataError(f"{where}: an object was expected")
        make: Any = kind
        hints = _hints(make)
        # A field that a later release added has a default; one that it removed is left out.
        return make(**{name: _read(hints[name], data[name], f"{where}.{name}") for name in hints if name in data})
    return _scalar(kind, data, where)


def _scalar(kind: Any, data: Any, where: str) -> Any:
    try:
        if kind is Decimal:
            return Decimal(data)
        if kind is UUID:
            return UUID(data)
        if kind in {date, datetime}:
            return kind.fromisoformat(data)
    except (ValueError, TypeError, AttributeError, InvalidOperation) as error:
        raise FrozenDataError(f"{where}: {data!r} is not a {kind.__name__}") from error
    if isinstance(data, kind) and (kind is bool or not isinstance(data, bool)):
        return data
    raise FrozenDataError(f"{where}: {data!r} is not a {kind.__name__}")
