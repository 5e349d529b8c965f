"""The API explained to people: every collection, in both languages, with examples that are code."""

import ast
import json
from typing import Any

import pytest

from tech4value.api_docs.document import collection, document, names
from tests.world import World


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_collection_has_its_page_with_examples_that_are_code(
    world: World, client_of: Any, language: str
) -> None:
    world.executive.language = language
    world.executive.save()
    client = client_of(world.executive)
    guide = client.get(world.url("/api/"))
    assert guide.status_code == 200 and "Idempotency-Key" in guide.content.decode()
    assert ("Lire par pages" in guide.content.decode()) is (language == "fr")
    for name, title in guide.context["collections"]:
        page = client.get(world.url(f"/api/docs/{name}/"))
        assert page.status_code == 200 and title in page.content.decode().replace("&#x27;", "'"), name
        for operation in page.context["collection"].operations:
            ast.parse(operation.python)
            if operation.answer:
                json.loads(operation.answer)
            assert operation.text, operation.key
    assert client.get(world.url("/api/docs/unicorns/")).status_code == 404


def test_the_document_lists_every_collection_of_the_routes(db: None) -> None:
    held = {path.split("/")[3] for path in document("fr")["paths"]}
    assert held == {name for name, _title in names("fr")}, "tech4value/api_words.py names each collection"


def test_an_example_call_has_what_the_body_demands(db: None) -> None:
    found = collection("projects", "fr", "https://exemple.fr/t/atelier")
    assert found is not None
    post = next(one for one in found.operations if one.verb == "POST" and one.path.endswith("/projects/"))
    for name in ("code", "name", "pole", "starts_on", "ends_on"):
        assert f'"{name}":' in post.curl, name
    assert "https://exemple.fr/t/atelier/api/v1/projects/" in post.curl


def test_people_sign_in_first(world: World, client: Any) -> None:
    assert client.get(world.url("/api/")).status_code == 302
    assert client.get(world.url("/api/v1/projects/")).status_code == 401
