"""Form fields that read money and months as people write them."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tech4value.figures import formats

_IGNORED: Final = re.compile(r"[\s\u00a0\u202f'’€$£]")
_ENGLISH_THOUSANDS: Final = re.compile(r"\d{1,3}(,\d{3})+")


def read_amount(text: str, language: str) -> Decimal:
    """`1 234,56`, `1234.56`, `1,234.56`, `-120 €`, `(120)`. Raises ValueError for anything else."""
    digits = _IGNORED.sub("", text).replace(formats.MINUS, "-")
    if digits.startswith("(") and digits.endswith(")"):
        digits = f"-{digits[1:-1]}"
    if "," in digits and "." in digits:
        # The last of the two is the decimal one.
        thousands = "," if digits.rindex(".") > digits.rindex(",") else "."
        digits = digits.replace(thousands, "")
    elif not formats.is_french(language) and _ENGLISH_THOUSANDS.fullmatch(digits.lstrip("-")):
        digits = digits.replace(",", "")
    digits = digits.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", digits) or len(digits) > 30:
        raise ValueError(text)
    try:
        return Decimal(digits)
    except InvalidOperation as error:
        raise ValueError(text) from error


class AmountField(forms.Field):
    """An amount of money in the page's language; empty is zero."""

    default_error_messages: ClassVar[Any] = {
        "invalid": _("« %(value)s » n’est pas un montant. Saisissez par exemple 12 500,00."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """As it is written: `1 234,50`, without cents when there are none; zero is left empty."""
        if not isinstance(value, Decimal | int):
            return value
        if not value:
            return ""
        decimals = 0 if value == int(value) else 2
        return formats.number(value, get_language() or "fr", decimals=decimals)

    def to_python(self, value: Any) -> Decimal:
        if value in self.empty_values:
            return Decimal(0)
        try:
            return read_amount(str(value), get_language() or "fr")
        except ValueError as error:
            raise ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": str(value)[:40]}
            ) from error


class MonthField(forms.Field):
    """A month, as its first day: `2026-03` (what the browser's own field sends), `03/2026`, or a day of it."""

    default_error_messages: ClassVar[Any] = {
        "required": _("Indiquez le mois."),
        "invalid": _("« %(value)s » n’est pas un mois. Saisissez par exemple 03/2026."),
    }
    _FORMS: Final = (
        re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})(-\d{1,2})?"),
        re.compile(r"(\d{1,2}/)?(?P<month>\d{1,2})/(?P<year>\d{4})"),
    )

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "month", "placeholder": "2026-03"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        text = str(value).strip()
        for form in self._FORMS:
            if (found := form.fullmatch(text)) and 1 <= int(found["month"]) <= 12 and int(found["year"]) > 0:
                return date(int(found["year"]), int(found["month"]), 1)
        raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": text[:40]})
