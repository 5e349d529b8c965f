"""What breaks a program written against the last release is said in words; additions pass."""

import copy
from typing import Any

import pytest

from tech4value.api_contract import breaking_changes

BODY: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "id": {"type": "string", "readOnly": True},
        "name": {"type": "string", "maxLength": 20},
        "phase": {"$ref": "#/components/schemas/Phase"},
        "goal": {"type": "string", "nullable": True},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/projects/": {
            "get": {
                "parameters": [
                    {"in": "query", "name": "phase", "schema": {"type": "string", "enum": ["idea", "closed"]}}
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/P"}}}}
                },
            },
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/P"}}}},
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/P"}}}}
                },
            },
        }
    },
    "components": {"schemas": {"P": BODY, "Phase": {"type": "string", "enum": ["idea", "closed"]}}},
}


def changed(change: Any) -> list[str]:
    """The breaking changes after `change(document)`."""
    new = copy.deepcopy(DOCUMENT)
    change(new)
    return breaking_changes(DOCUMENT, new)


def project(document: dict[str, Any]) -> dict[str, Any]:
    return document["components"]["schemas"]["P"]


def verb(document: dict[str, Any], name: str) -> dict[str, Any]:
    return document["paths"]["/projects/"][name]


BREAKING = {
    "the path is gone": lambda d: d["paths"].clear(),
    "the verb is gone": lambda d: d["paths"]["/projects/"].pop("post"),
    "the query parameter phase is gone": lambda d: verb(d, "get")["parameters"].clear(),
    "it now requires the query parameter of": lambda d: verb(d, "get")["parameters"].append(
        {"in": "query", "name": "of", "required": True, "schema": {"type": "string"}}
    ),
    "query parameter phase: in the body, it no longer knows the values closed": lambda d: verb(d, "get")[
        "parameters"
    ][0]["schema"]["enum"].remove("closed"),
    "the field goal is gone": lambda d: project(d)["properties"].pop("goal"),
    "the body must now have goal": lambda d: project(d)["required"].append("goal"),
    "the answer no longer always has name": lambda d: project(d)["required"].remove("name"),
    "goal may no longer be null": lambda d: project(d)["properties"]["goal"].pop("nullable"),
    "name may now be null": lambda d: project(d)["properties"]["name"].update(nullable=True),
    "name may no longer be string": lambda d: project(d)["properties"]["name"].update(type="integer"),
    "name has a lower maxLength, 10": lambda d: project(d)["properties"]["name"].update(maxLength=10),
    "phase no longer knows the values closed": lambda d: d["components"]["schemas"]["Phase"]["enum"].remove("closed"),
    "tags[] may no longer be string": lambda d: project(d)["properties"]["tags"]["items"].update(type="integer"),
    "it no longer answers 201": lambda d: verb(d, "post")["responses"].clear(),
}
ADDITIVE = {
    "a path": lambda d: d["paths"].update({"/poles/": {"get": {"responses": {}}}}),
    "a verb": lambda d: d["paths"]["/projects/"].update(delete={"responses": {}}),
    "an optional parameter": lambda d: verb(d, "get")["parameters"].append(
        {"in": "query", "name": "of", "schema": {"type": "string"}}
    ),
    "a field": lambda d: project(d)["properties"].update(code={"type": "string"}),
    "a value": lambda d: d["components"]["schemas"]["Phase"]["enum"].append("delivery"),
    "a longer text": lambda d: project(d)["properties"]["name"].update(maxLength=40),
    "a refusal": lambda d: verb(d, "get")["responses"].update({"429": {}}),
    "words": lambda d: verb(d, "get").update(description="…"),
}


@pytest.mark.parametrize("words", BREAKING)
def test_what_breaks_is_said_in_words(words: str) -> None:
    assert any(words in text for text in changed(BREAKING[words])), changed(BREAKING[words])


@pytest.mark.parametrize("what", ADDITIVE)
def test_additions_pass(what: str) -> None:
    assert changed(ADDITIVE[what]) == []


def test_a_schema_that_holds_itself_is_compared_once() -> None:
    def nest(document: dict[str, Any]) -> None:
        project(document)["properties"]["parent"] = {"$ref": "#/components/schemas/P"}

    new = copy.deepcopy(DOCUMENT)
    nest(new)
    assert breaking_changes(new, copy.deepcopy(new)) == []
