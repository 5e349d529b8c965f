"""`custom_fields` in the API: an object of typed values, by the keys of `/api/v1/fields/`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tech4value.fields.models import FieldDefinition
from tech4value.fields.values import checked_value, fields_of


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "nullable": True,
            "oneOf": [
                {"type": "string"},
                {"type": "boolean"},
                {"type": "array", "items": {"type": "string"}},
                {"type": "number"},
            ],
        },
        "description": "Values by the keys of /fields/. Numbers and amounts come back as decimal strings, dates as "
        "YYYY-MM-DD, people as their id, choices by their keys. Keys that are not sent stay; null clears.",
        "example": {"priority": "high", "budget_code": "BC-42", "go_live": "2026-09-01", "licences": "120"},
    }
)
class CustomFieldsField(serializers.Field):
    """The values that a row holds; what is sent is checked key by key."""

    def __init__(self, target: str, **kwargs: Any) -> None:
        self.target = target
        super().__init__(required=False, **kwargs)

    def definitions(self) -> dict[str, FieldDefinition]:
        """The tenant's fields of the target, read once for a request."""
        context: Any = self.context
        name = f"fields of {self.target}"
        if name not in context:
            context[name] = {field.key: field for field in fields_of(self.target)}
        kept: dict[str, FieldDefinition] = context[name]
        return kept

    def to_representation(self, value: Any) -> Any:
        """Of the fields in use; an archived field keeps its values to itself."""
        known = self.definitions()
        return {key: held for key, held in (value or {}).items() if key in known}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise serializers.ValidationError(_("Un objet est attendu : {clé: valeur}."))
        known = self.definitions()
        values: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for key, value in data.items():
            field = known.get(key)
            if field is None:
                errors[key] = _("Aucun champ n’a la clé « %(key)s ».") % {"key": str(key)[:60]}
                continue
            try:
                values[key] = checked_value(field, value)
            except ValidationError as error:
                errors[key] = error.messages
            if values.get(key, "") is None and field.is_required:
                errors[key] = _("Ce champ est obligatoire.")
        if errors:
            raise serializers.ValidationError(errors)
        return values


class WithCustomFields(serializers.Serializer):
    """Mixed into a serializer whose `custom_fields` is a CustomFieldsField: a new row has every required one."""

    def validate(self, attrs: Any) -> Any:
        attrs = super().validate(attrs)
        if self.instance is None:
            field: Any = self.fields["custom_fields"]
            given = attrs.get("custom_fields") or {}
            missing = [key for key, one in field.definitions().items() if one.is_required and given.get(key) is None]
            if missing:
                words = _("Ce champ est obligatoire.")
                raise serializers.ValidationError({"custom_fields": dict.fromkeys(missing, words)})
        return attrs
