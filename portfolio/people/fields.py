"""Form fields of the portfolio's rooms: a row of the tenant, a date, a share in percent, the hours of a day."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from tech4value.search.fields import RowField

Hours = list[list[int]]


class RowChoice(RowField):
    """A choice among rows read when the form is made, within the tenant (a class body has none)."""

    def __init__(self, rows: Callable[[], QuerySet[Any]], **kwargs: Any) -> None:
        self.rows = rows
        kwargs.setdefault("empty_label", "—")
        super().__init__(None, **kwargs)  # read in __deepcopy__

    def __deepcopy__(self, memo: Any) -> "RowChoice":
        copied = super().__deepcopy__(memo)
        copied.queryset = self.rows()
        return copied


def live(model: type[Model]) -> Callable[[], QuerySet[Any]]:
    """The live rows of a model, in its order."""
    return lambda: model.objects.all()  # type: ignore[attr-defined]  # every tenant model has it


class DateField(forms.DateField):
    """A date picked in the browser's calendar, or typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)


class PercentField(forms.DecimalField):
    """A share, written in percent: 80 is 0.8."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(localize=True, max_digits=6, decimal_places=2, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        percent = super().clean(value)
        return None if percent is None else percent / 100

    def prepare_value(self, value: Any) -> Any:
        # What was typed comes back as text; what is stored comes as a number.
        return f"{(value * 100).normalize():f}" if isinstance(value, Decimal) else value


class RateField(forms.DecimalField):
    """A price for a day: kept with four decimals, written with those that it has."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(localize=True, min_value=0, max_digits=12, decimal_places=4, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        cents = value.quantize(Decimal("0.01"))
        return int(value) if value == int(value) else cents if value == cents else value.normalize()


class HoursField(forms.CharField):
    """The working hours of a day: `09:00-12:00, 13:00-17:00`, as [[540, 720], [780, 1020]]; empty is a day off."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, **kwargs)

    def validate(self, value: Any) -> None:
        """Empty means something: a day off."""

    def clean(self, value: Any) -> Hours:
        try:
            return hours_of(super().clean(value))
        except ValueError as error:
            raise ValidationError(
                _("« %(hours)s » n’est pas un horaire : écrivez par exemple 09:00-12:00, 13:00-17:00.")
                % {"hours": error.args[0]}
            ) from error

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, list | tuple) else value


_SPAN = re.compile(r"^(\d{1,2})(?:[:hH]([0-5]\d)?)?\s*(?:-|–|à)\s*(\d{1,2})(?:[:hH]([0-5]\d)?)?$")


def hours_of(text: str) -> Hours:
    """`9h-12h30, 13:30-17` in minutes of the day. Raises ValueError with the part that is not understood."""
    found: Hours = []
    for part in re.split(r"[,;]", text):
        if not part.strip():
            continue
        match = _SPAN.match(part.strip())
        if match is None:
            raise ValueError(part.strip())
        first, last = (int(match[one]) * 60 + int(match[one + 1] or 0) for one in (1, 3))
        if not 0 <= first < last <= 24 * 60 or (found and first < found[-1][1]):
            raise ValueError(part.strip())
        found.append([first, last])
    return found


def written(hours: Any) -> str:
    """[[540, 720]] as `09:00-12:00`."""
    return ", ".join(f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}" for start, end in hours)
