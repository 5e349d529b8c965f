"""Values of custom fields, checked against the tenant's definitions. What an import, a form and the API call:

fields_of("project")                        the definitions in use, in order; one statement
read_value(field, "1 234,5", french=True)   a text as the value to store; ValidationError with a sentence
merged("project", row.custom_fields, {"priority": "high", "budget_code": None})
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tech4value.fields import domain
from tech4value.fields.domain import FieldValueError, Kind, Stored
from tech4value.fields.models import FieldDefinition
from tech4value.fields.targets import people

MOST_NAMED = 8


def fields_of(target: str) -> list[FieldDefinition]:
    """The definitions in use for `target` ("project", "task"), in order."""
    return list(FieldDefinition.objects.filter(target=target, is_archived=False).order_by("position", "id"))


def read_value(
    field: FieldDefinition, cell: Any, *, french: bool | None = None, day_first: bool = True
) -> Stored | None:
    """What a cell of a file or a typed text means for `field`; None for an empty one.

    `cell` may be text or a spreadsheet's number, date or boolean. `french`: decimal commas (the language in force by
    default). Raises ValidationError with a sentence. An empty cell of a required field is the caller's to refuse.
    """
    if french is None:
        french = not (get_language() or "fr").startswith("en")
    try:
        if field.kind == Kind.PERSON and isinstance(cell, str) and cell.strip():
            key = people().find(cell.strip())
            if key is None:
                raise FieldValueError("not_a_person", cell.strip())
            return key
        if isinstance(cell, int | float) and not isinstance(cell, bool) and field.kind in domain.WITH_OPTIONS:
            cell = f"{cell:g}"
        if isinstance(cell, str):
            return domain.parse(field.spec, cell, french=french, day_first=day_first)
        return domain.checked(field.spec, cell)
    except FieldValueError as error:
        if isinstance(cell, float) and french:
            error = FieldValueError(error.code, error.given.replace(".", ","))  # as the spreadsheet shows it
        raise ValidationError(sentence(field, error, "1\u00a0234,5" if french else "1,234.5")) from error


def checked_value(field: FieldDefinition, value: Any) -> Stored | None:
    """A typed value (of a form or of the API) as it is stored. Raises ValidationError with a sentence."""
    try:
        return domain.checked(field.spec, value)
    except FieldValueError as error:
        raise ValidationError(sentence(field, error)) from error


def sentence(field: FieldDefinition, error: FieldValueError, example: str = "1234.5") -> str:
    """What is wrong with a value, and what to write; `example` is a number as it is written there."""
    given = {"given": error.given, "example": example}
    match error.code:
        case "not_a_number":
            return _("« %(given)s » n’est pas un nombre : écrivez par exemple %(example)s.") % given
        case "too_precise":
            decimals = field.spec.decimals
            if decimals == 0:
                return _("« %(given)s » a des décimales : ce champ attend un nombre entier.") % given
            words = ngettext(
                "« %(given)s » est trop précis : ce champ a %(n)s décimale au plus.",
                "« %(given)s » est trop précis : ce champ a %(n)s décimales au plus.",
                decimals,
            )
            return words % {**given, "n": decimals}
        case "too_large":
            return _("« %(given)s » dépasse quinze chiffres : vérifiez l’unité.") % given
        case "not_a_date":
            return _("« %(given)s » n’est pas une date : écrivez par exemple 12/03/2026.") % given
        case "not_yes_no":
            return _("« %(given)s » n’est ni oui ni non.") % given
        case "not_an_option":
            language = get_language() or "fr"
            names = [option.name(language) for option in field.choices]
            listed = ", ".join(names[:MOST_NAMED]) + ("…" if len(names) > MOST_NAMED else "")
            return _("« %(given)s » n’est pas un des choix : %(choices)s.") % {**given, "choices": listed}
        case "not_a_person":
            return (
                _("« %(given)s » ne désigne pas une seule personne : écrivez son nom complet ou son adresse e-mail.")
                % given
            )
        case "not_a_link":
            return _("« %(given)s » n’est pas une adresse : elle commence par https:// ou http://.") % given
        case "too_long":
            most = domain.LONG if field.kind == Kind.LONG_TEXT else domain.SHORT
            return _("Ce texte dépasse %(n)s caractères : raccourcissez-le.") % {"n": most}
    return _("Cette valeur n’est pas un texte.")


def merged(
    target: str,
    current: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    fields: Sequence[FieldDefinition] | None = None,
    complete: bool = False,
) -> dict[str, Any]:
    """`current` with the `given` typed values put in: None clears, keys that are not given stay.

    Raises ValidationError({"custom_fields": [a sentence for each field]}). `complete`: required fields that would
    end empty are refused even when they are not given. `fields` spares the statement when many rows are written.
    """
    known = {field.key: field for field in (fields_of(target) if fields is None else fields)}
    errors: list[str] = []
    values = dict(current)
    wanted: dict[str, FieldDefinition] = {}
    for key, value in given.items():
        field = known.get(key)
        if field is None:
            if current.get(key) != value:
                errors.append(_("Aucun champ n’a la clé « %(key)s ».") % {"key": str(key)[:60]})
            continue
        try:
            stored = checked_value(field, value)
        except ValidationError as error:
            errors.append(_("%(field)s : %(error)s") % {"field": field.name, "error": " ".join(error.messages)})
            continue
        if stored is None:
            values.pop(key, None)
        else:
            if field.kind == Kind.PERSON and stored != current.get(key):
                wanted[str(stored)] = field
            values[key] = stored
    if wanted:
        found = people().names(wanted)
        errors += [
            _("%(field)s : cette personne n’existe pas ou n’est plus là.") % {"field": field.name}
            for key, field in wanted.items()
            if key not in found
        ]
    for key, field in known.items():
        if field.is_required and key not in values and (complete or key in given):
            errors.append(_("%(field)s : ce champ est obligatoire.") % {"field": field.name})
    if errors:
        raise ValidationError({"custom_fields": errors})
    return values


def with_custom(
    target: str,
    values: Mapping[str, Any],
    current: Mapping[str, Any] | None = None,
    *,
    fields: Sequence[FieldDefinition] | None = None,
) -> dict[str, Any]:
    """An action's values with its `custom_fields`, if given, checked and merged into what the row holds."""
    if values.get("custom_fields") is None:
        return {name: value for name, value in values.items() if name != "custom_fields"}
    custom = merged(target, current or {}, values["custom_fields"], fields=fields)
    return {**values, "custom_fields": custom}
