"""Custom fields in the forms of rows: `CustomFieldsForm` is mixed in before a form's base."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tech4value.fields import domain
from tech4value.fields.domain import Kind
from tech4value.fields.models import FieldDefinition
from tech4value.fields.targets import people
from tech4value.fields.values import checked_value, fields_of, read_value


class NumberField(forms.CharField):
    """A number typed as people write it: 12 500,5 in French, 12,500.5 in English."""

    def __init__(self, field: FieldDefinition, **kwargs: Any) -> None:
        self.definition = field
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        stored = read_value(self.definition, super().clean(value))
        return None if stored is None else Decimal(str(stored))

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        text = f"{value:f}"
        return text if (get_language() or "fr").startswith("en") else text.replace(".", ",")


def form_field(field: FieldDefinition, *, required: bool | None = None) -> forms.Field:
    """The form field in which a value of `field` is typed; its `clean` gives a typed value, or an empty one."""
    language = get_language() or "fr"
    options: dict[str, Any] = {
        "label": field.name,
        "required": field.is_required if required is None else required,
        "help_text": field.help_text,
    }
    spec = field.spec
    match spec.kind:
        case Kind.LONG_TEXT:
            return forms.CharField(max_length=domain.LONG, widget=people().text_widget(3), **options)
        case Kind.NUMBER | Kind.MONEY:
            return NumberField(field, **options)
        case Kind.DATE:
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)
        case Kind.YES_NO:
            choices = [("", "—"), ("yes", _("Oui")), ("no", _("Non"))]
            return forms.TypedChoiceField(
                choices=choices, coerce=lambda word: word == "yes", empty_value=None, **options
            )
        case Kind.CHOICE:
            return forms.ChoiceField(
                choices=[("", "—"), *((one.key, one.name(language)) for one in spec.options)], **options
            )
        case Kind.CHOICES:
            return forms.MultipleChoiceField(
                choices=[(one.key, one.name(language)) for one in spec.options],
                widget=forms.CheckboxSelectMultiple,
                **options,
            )
        case Kind.PERSON:
            return people().form_field(**options)
        case Kind.LINK:
            return forms.URLField(max_length=domain.SHORT, assume_scheme="https", **options)
    return forms.CharField(max_length=domain.SHORT, **options)


def initial_value(field: FieldDefinition, value: Any) -> Any:
    """A stored value as its form field shows it."""
    if field.kind in domain.NUMERIC and value is not None:
        return Decimal(value)
    if field.kind == Kind.YES_NO and value is not None:
        return "yes" if value else "no"
    return value


class CustomFieldsForm(forms.Form):
    """Adds the fields of `target` to a form. `custom` is what the row holds (None: a new row).

    `custom_values` is what the action's `custom_fields` takes; a value that is left as it was is not in it.
    """

    target: str

    def __init__(self, *args: Any, custom: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.definitions = fields_of(self.target)
        held = custom or {}
        for one in self.definitions:
            made = form_field(one)
            made.initial = initial_value(one, held.get(one.key))
            self.fields[one.form_name] = made
        self.held = held

    @property
    def custom(self) -> list[tuple[BoundField, FieldDefinition]]:
        """The bound fields with their definitions, in order."""
        return [(self[one.form_name], one) for one in self.definitions]

    @property
    def custom_values(self) -> dict[str, Any]:
        """The typed values that differ from what the row holds; None for those that are cleared."""
        changed = {}
        for one in self.definitions:
            value = self._stored(one)
            if value != self.held.get(one.key):
                changed[one.key] = value
        return changed

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for one in self.definitions:
            if one.form_name in data:
                try:
                    self._stored(one)
                except ValidationError as error:
                    self.add_error(one.form_name, error)
        return data

    def _stored(self, field: FieldDefinition) -> Any:
        value = self.cleaned_data.get(field.form_name)
        return checked_value(field, getattr(value, "pk", value))
