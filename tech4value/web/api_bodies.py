"""Bodies of the API: a field that a serializer does not know is refused, so that a misspelt one is not taken as read.

What only answers have (a key, a stamp) may come back in a body, as a row that was read holds it; so may `version`.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers

VERSION: Final = "version"
_SHOWN: Final = 80


def refuse_unknown(serializer: Any, sent: Any) -> None:
    """Raise ValidationError, at its pointer, for each field of `sent` that `serializer` has not."""
    if errors := unknown_fields(serializer, sent):
        raise exceptions.ValidationError(errors)


def unknown_fields(serializer: Any, sent: Any) -> dict[Any, Any]:
    """The sentences by field, those of rows within by their index; empty when all is known. A body that has not the
    serializer's form is its own to refuse."""
    if isinstance(serializer, serializers.ListSerializer):
        rows = enumerate(sent if isinstance(sent, list) else ())
        return {index: found for index, row in rows if (found := unknown_fields(serializer.child, row))}
    if not isinstance(serializer, serializers.Serializer) or not isinstance(sent, Mapping):
        return {}
    errors: dict[Any, Any] = {}
    for name in sent:
        field = serializer.fields.get(name)
        if field is None and name != VERSION:
            errors[str(name)[:_SHOWN]] = [_unknown(str(name)[:_SHOWN], serializer)]
        elif field is not None and (within := unknown_fields(field, sent[name])):
            errors[name] = within
    return errors


def unknown_name(name: str, known: list[str]) -> str:
    """That a name is none of those known, and the nearest of them, else all."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return _("Aucun champ ne s’appelle « %(name)s ». Vouliez-vous dire « %(near)s » ?") % {
            "name": name,
            "near": near[0],
        }
    return _("Aucun champ ne s’appelle « %(name)s ». Choisissez parmi : %(names)s.") % {
        "name": name,
        "names": ", ".join(known),
    }


def _unknown(name: str, serializer: Any) -> str:
    return unknown_name(name, [one for one, field in serializer.fields.items() if not field.read_only])
