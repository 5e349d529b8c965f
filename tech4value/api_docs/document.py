"""The OpenAPI document as pages: collections, their operations, parameters, fields and examples."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from tech4value.api_docs.bodies import QUERY, shown
from tech4value.api_docs.examples import curl, example, python, resolved, sent, written
from tech4value.api_urls import TenantSchemaGenerator
from tech4value.api_words import TITLES

VERBS: Final = ("get", "post", "patch", "put", "delete")
PREFIX: Final = "/api/v1/"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a body or of an answer, or a parameter."""

    name: str
    type: str
    text: str
    required: bool
    values: tuple[str, ...] = ()
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb of one path, with its examples."""

    key: str
    verb: str
    path: str
    text: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answer: str
    code: str
    refusals: tuple[tuple[str, str], ...]
    curl: str
    python: str


@dataclass(frozen=True, slots=True)
class Collection:
    """What one page shows."""

    name: str
    title: str
    operations: tuple[Operation, ...]
    fields: tuple[Field, ...]


def document(language: str) -> Mapping[str, Any]:
    """The whole document in a language, which is the active one; the same for every tenant."""
    found: Mapping[str, Any] = TenantSchemaGenerator().get_schema()  # type: ignore[no-untyped-call]  # upstream
    return found


def names(language: str) -> list[tuple[str, str]]:
    """The collections, in the order of the product, and their titles."""
    paths = document(language)["paths"]
    held = {_collection_of(path) for path in paths}
    return [(name, str(title)) for name, title in TITLES.items() if name in held]


def collection(name: str, language: str, base: str) -> Collection | None:
    """One collection; `base` is the tenant's address. None for a name that is none."""
    if name not in dict(names(language)):
        return None
    whole = document(language)
    operations = [
        _operation(path, verb, given, whole, base)
        for path, verbs in whole["paths"].items()
        if _collection_of(path) == name
        for verb, given in _verbs(verbs)
    ]
    return Collection(name, str(TITLES[name]), tuple(operations), tuple(_row_fields(name, whole)))


def _collection_of(path: str) -> str:
    return path.removeprefix(PREFIX).split("/")[0]


def _verbs(verbs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((verb, verbs[verb]) for verb in VERBS if verb in verbs)


def _row_fields(name: str, whole: Mapping[str, Any]) -> list[Field]:
    """The fields of one row, as an answer gives them."""
    for path in (f"{PREFIX}{name}/{{id}}/", f"{PREFIX}{name}/"):
        answers = whole["paths"].get(path, {}).get("get", {}).get("responses", {})
        schema = resolved(_schema(answers.get("200", {})), whole)
        if schema.get("type") == "array":
            schema = resolved(schema.get("items", {}), whole)
        if schema.get("properties"):
            return _fields(schema, whole)
    return []


def _schema(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a body or an answer; JSON first."""
    content = holder.get("content", {})
    found: Mapping[str, Any] = content.get("application/json") or next(iter(content.values()), {})
    return found.get("schema", {})


def _fields(schema: Mapping[str, Any], whole: Mapping[str, Any], *, sent: bool = False) -> list[Field]:
    required = set(schema.get("required", []))
    return [
        _field(name, one, whole, required=name in required)
        for name, one in schema.get("properties", {}).items()
        if not (sent and one.get("readOnly"))
    ]


def _field(name: str, given: Mapping[str, Any], whole: Mapping[str, Any], *, required: bool) -> Field:
    schema = resolved(given, whole)
    text = str(given.get("description") or given.get("title") or "")
    values = tuple(str(value) for value in schema.get("enum", []) if value not in (None, ""))
    if values:
        text = str(given.get("title") or "")  # the description only lists them again
    return Field(name, _type_words(schema), text.split("\n\n")[0], required, values, bool(given.get("readOnly")))


def _type_words(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "")
    kind = next((one for one in kind if one != "null"), "") if isinstance(kind, list) else kind
    words = {
        "uuid": "UUID",
        "date": _("date"),
        "date-time": _("instant"),
        "decimal": _("nombre décimal"),
        "email": _("adresse e-mail"),
        "binary": _("fichier"),
    }
    kinds = {
        "string": _("texte"),
        "integer": _("entier"),
        "number": _("nombre"),
        "boolean": _("vrai ou faux"),
        "array": _("liste"),
        "object": _("objet"),
    }
    found = words.get(schema.get("format", "")) or kinds.get(str(kind)) or _("texte")
    if schema.get("maxLength") and kind == "string" and not schema.get("format"):
        found = _("%(type)s, %(length)s caractères au plus") % {"type": found, "length": schema["maxLength"]}
    return _("%(type)s ou nul") % {"type": found} if schema.get("nullable") else found


def _operation(path: str, verb: str, given: Mapping[str, Any], whole: Mapping[str, Any], base: str) -> Operation:
    asked = resolved(_schema(given.get("requestBody", {})), whole)
    by = shown(path.removeprefix(PREFIX))
    kinds = given.get("requestBody", {}).get("content", {})
    form = bool(kinds) and "application/json" not in kinds
    body = sent(asked, whole, by, changes=verb == "patch") if asked else None
    code, answer = next(((code, one) for code, one in given["responses"].items() if code.startswith("2")), ("", {}))
    answered = _schema(answer)
    headers = {"Idempotency-Key": "5f3c0b6e-1d52-4e0f-9a77-2b8f8d3d1c10"} if verb == "post" else {}
    if verb == "patch":
        headers = {"If-Match": '"3.9f2c41d07be8a1c0d3"'}
    call = verb.upper(), _url(path, given, base), body, headers
    return Operation(
        key=str(given["operationId"]),
        verb=verb.upper(),
        path=path,
        text=str(given.get("description", "")),
        parameters=tuple(
            _field(
                one["name"],
                {**one.get("schema", {}), "description": one.get("description", "")},
                whole,
                required=bool(one.get("required")),
            )
            for one in given.get("parameters", [])
            if one["in"] in {"query", "header"}
        ),
        body=tuple(_fields(asked, whole, sent=True)),
        answer=written(example(answered, whole, by=by))
        if answered and resolved(answered, whole).get("format") != "binary"
        else "",
        code=code,
        refusals=tuple(
            (code, str(one.get("description", ""))) for code, one in given["responses"].items() if code >= "400"
        ),
        curl=curl(*call, form=form),
        python=python(*call, form=form),
    )


def _url(path: str, given: Mapping[str, Any], base: str) -> str:
    """The address of an example: of a row, with what the operation cannot be asked without."""
    url = base + path.replace("{id}", "01963a5e-7c1d-7b52-9f0a-3d1f6c2b8e40").replace(
        "{batch}", "01963a60-11aa-7c41-8f6e-52d0c1b7a990"
    )
    asked = []
    for one in given.get("parameters", []):
        if one["in"] == "path" and (values := one.get("schema", {}).get("enum")):
            url = url.replace(f"{{{one['name']}}}", str(values[0]))
        elif one["in"] == "query" and one.get("required"):
            asked.append(f"{one['name']}={QUERY[one['name']]}")
    return f"{url}?{'&'.join(asked)}" if asked else url
