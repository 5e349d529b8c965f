"""Example calls: values that a company would send, in the reader's language, as curl and as Python."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tech4value.api_docs.bodies import NOTHING, Shown, key

Schema = Mapping[str, Any]
# By the field's name: what a schema cannot know.
_TEXTS: Final[dict[str, Promise | str]] = {
    "name": _("Nouvel ERP"),
    "title": _("Le fournisseur livre en retard"),
    "code": "ERP-2027",
    "email": "chloe.martin@exemple.fr",
    "goal": _("Clôturer les comptes en cinq jours au lieu de douze."),
    "comment": _("La recette avance ; la reprise des données tarde."),
    "description": _("Un seul fournisseur sait intégrer le module de paie."),
    "mitigation": _("Contractualiser un second intégrateur."),
    "success_criterion": _("Trois services travaillent une semaine sans retour au tableur."),
    "label": _("Pont de l’Ascension"),
    "profile": _("Analyste"),
    "reference": "R-004",
    "notes": _("Voir le compte rendu du 12 mars."),
    "currency": "EUR",
    "country": "FR",
    "subdivision": "",
    "key": "priorite",
    "wbs": "1.2",
    "language": "fr",
    "author": "Chloé Martin",
    "changed_by": "Chloé Martin",
}
_NUMBERS: Final[dict[str, Any]] = {
    "probability": 3,
    "impact": 4,
    "score": 12,
    "capacity": "0.800",
    "daily_rate": "620.0000",
    "units": "1.00",
    "planned": "12500.00",
    "committed": "8000.00",
    "actual": "7450.50",
    "forecast": "12900.00",
    "percent_complete": "0.2500",
    "duration_minutes": 2100,
    "work_minutes": 2100,
    "lag": 0,
    "version": 3,
    "count": 2,
    "index": 0,
    "size": 48213,
}
_DATES: Final = {"starts_on": "2027-01-04", "ends_on": "2027-06-30", "due_on": "2027-03-31", "month": "2027-03-01"}


def resolved(schema: Schema, document: Schema) -> Schema:
    """The schema that a reference, or a wrapper of one, names."""
    for _step in range(10):
        if "$ref" in schema:
            schema = document["components"]["schemas"][str(schema["$ref"]).rsplit("/", 1)[-1]]
        elif parts := [part for key in ("allOf", "oneOf", "anyOf") for part in schema.get(key, [])]:
            schema = {
                **{name: value for name, value in schema.items() if name not in {"allOf", "oneOf", "anyOf"}},
                **parts[0],
            }
        else:
            break
    return schema


def example(schema: Schema, document: Schema, name: str = "", *, by: Shown = NOTHING, depth: int = 0) -> Any:
    """A value of `schema` that a company would give; `by` gives those of its collection."""
    schema = resolved(schema, document)
    if name in by.values:
        return by.values[name]
    if "example" in schema:
        return schema["example"]
    if values := [value for value in schema.get("enum", []) if value not in (None, "")]:
        return values[0]
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "string")
    if kind == "array":
        return [] if depth > 3 else [example(schema.get("items", {}), document, name, by=by, depth=depth + 1)]
    if kind == "object" or "properties" in schema:
        if depth > 3:
            return {}
        return {
            field: example(one, document, field, by=by, depth=depth + 1)
            for field, one in schema.get("properties", {}).items()
        }
    return _scalar(schema, str(kind or "string"), name)


def sent(schema: Schema, document: Schema, by: Shown, *, changes: bool = False) -> Any:
    """A body that the product accepts: the fields that a creation must give and those worth showing, or the few
    that a change sends. The rows of a bulk call are those of a creation."""
    schema = resolved(schema, document)
    required = set(schema.get("required", []))
    names = by.changed if changes else [*required, *by.created]
    body = {}
    for field, one in schema.get("properties", {}).items():
        rows = resolved(one, document)
        if field == "rows" and field not in by.values and rows.get("type") == "array":
            body[field] = [sent(rows["items"], document, by)]
        elif field in names and not one.get("readOnly"):
            body[field] = example(one, document, field, by=by, depth=1)
    return body


def _scalar(schema: Schema, kind: str, name: str) -> Any:
    form = schema.get("format", "")
    if form == "uuid":
        return key(name)
    if form == "date":
        return _DATES.get(name, "2027-03-15")
    if form == "date-time":
        return "2027-03-15T09:30:00Z"
    if name in _NUMBERS:
        value = _NUMBERS[name]
        return value if kind in {"integer", "number"} or isinstance(value, str) else str(value)
    if kind == "boolean":
        return name in {"is_active", "ok"}
    if kind in {"integer", "number"}:
        return schema.get("minimum", 1) if schema.get("minimum", 1) > 0 else 1
    if form == "decimal":
        return "1.00"
    if form in {"uri", "url"}:
        return "https://exemple.fr/"
    if form in {"email", "binary"}:
        return str(_TEXTS["email"]) if form == "email" else "…"
    return str(_TEXTS.get(name, name.replace("_", " ")))


def written(value: Any) -> str:
    """JSON as people read it."""
    return json.dumps(value, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder)


def curl(verb: str, url: str, body: Any, headers: Mapping[str, str], *, form: bool = False) -> str:
    """The call as a command; a `form` sends its `file`."""
    lines = [
        f'curl "{url}"' if verb == "GET" else f'curl -X {verb} "{url}"',
        '  -H "Authorization: Bearer $TECH4VALUE_TOKEN"',
    ]
    lines += [f"  -H '{name}: {value}'" for name, value in headers.items()]
    if form:
        lines += [f"  -F {name}={'@' if name == 'file' else ''}{value}" for name, value in body.items()]
    elif body is not None:
        lines += ['  -H "Content-Type: application/json"', "  --data @- <<'JSON'"]
        return " \\\n".join(lines) + f"\n{written(body)}\nJSON"
    return " \\\n".join(lines)


def python(verb: str, url: str, body: Any, headers: Mapping[str, str], *, form: bool = False) -> str:
    """The call in Python, with httpx; a `form` sends its `file`."""
    given = ['"Authorization": f"Bearer {os.environ[\'TECH4VALUE_TOKEN\']}"']
    given += [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in headers.items()]
    lines = [
        "import os",
        "",
        "import httpx",
        "",
        f"answer = httpx.{verb.lower()}(" if verb != "DELETE" else "answer = httpx.delete(",
    ]
    lines += [f'    "{url}",', f"    headers={{{', '.join(given)}}},"]
    if form:
        fields = {name: value for name, value in body.items() if name != "file"}
        lines += [f"    data={_literal(fields)},", f'    files={{"file": open("{body["file"]}", "rb")}},']
    elif body is not None:
        lines.append(f"    json={_literal(body)},")
    return "\n".join(
        [*lines, ")", "answer.raise_for_status()", "" if verb == "DELETE" else "print(answer.json())"]
    ).rstrip()


def _literal(value: Any) -> str:
    """A body as a Python literal: on its line when it is short, else one field a line."""
    text = json.dumps(value, indent=4, ensure_ascii=False, cls=DjangoJSONEncoder)
    short = " ".join(text.split())
    text = short if len(short) < 80 else text
    for one, other in ((": true", ": True"), (": false", ": False"), (": null", ": None")):
        text = text.replace(one, other)
    return text.replace("\n", "\n    ")
