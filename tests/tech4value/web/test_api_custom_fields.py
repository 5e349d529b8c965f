"""Lists of the API by custom fields: the PMO's program filters and orders projects and tasks by what is theirs."""

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Pole
from portfolio.planning.actions import create_task
from portfolio.projects.actions import create_projects
from portfolio.projects.models import Project
from tech4value.api_contract import current_document
from tech4value.fields.actions import create_field
from tests.world import World

VALUES = {
    "A": {
        "priorite": "haute",
        "gain": "1200.5",
        "fin_gagee": "2026-06-30",
        "pays": ["fr", "de"],
        "note": "Éco-conçu",
    },
    "B": {"priorite": "basse", "gain": "80", "fin_gagee": "2026-09-01", "pays": ["it"], "note": "Zéro papier"},
    "C": {"priorite": "haute", "gain": "80", "phare": True},
    "D": {"phare": False},
    "E": {},
}


@pytest.fixture
def filled(world: World) -> World:
    """Five projects with values of every kind, and a person that two of them name."""
    actor = world.memberships["admin"].actor
    with world.within():
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        chloe = create_person(actor=actor, name="Chloé Cheffe")
        for label, kind, options in (
            ("Priorité", "choice", ["Haute", "Basse"]),
            ("Gain", "money", []),
            ("Fin gagée", "date", []),
            ("Pays", "choices", ["FR", "DE", "IT"]),
            ("Note", "text", []),
            ("Phare", "yes_no", []),
            ("Référent", "person", []),
        ):
            labels = [{"label": one} for one in options]
            create_field(actor=actor, target_key="project", label=label, kind=kind, options=labels)
        values = [
            {
                "code": code,
                "name": f"Projet {code}",
                "pole": pole,
                "starts_on": date(2026, 1, 1),
                "ends_on": date(2026, 12, 31),
                "custom_fields": held | ({"referent": str(chloe.pk)} if code in "AB" else {}),
            }
            for code, held in VALUES.items()
        ]
        create_projects(actor=actor, values=values)
    return world


def codes(client: Any, world: World, query: str, path: str = "projects", name: str = "code") -> list[str]:
    """The rows of every page, read page by page."""
    url, found = world.url(f"/api/v1/{path}/?{query}"), []
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, answer.content
        found += [row[name] for row in answer.json()["results"]]
        url = answer.json()["next"]
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("custom_fields[priorite]=haute", "AC"),
        ("custom_fields[priorite]=haute&custom_fields[priorite]=basse", "ABC"),
        ("custom_fields[gain]=80", "BC"),
        ("custom_fields[gain]=80.00&custom_fields[priorite]=haute", "C"),
        ("custom_fields[gain_min]=81", "A"),
        ("custom_fields[gain_max]=80&phase=framing", "BC"),
        ("custom_fields[fin_gagee]=2026-06-30", "A"),
        ("custom_fields[fin_gagee_from]=2026-07-01&custom_fields[fin_gagee_to]=2026-09-01", "B"),
        ("custom_fields[pays]=de&custom_fields[pays]=it", "AB"),
        ("custom_fields[note]=eco", "A"),
        ("custom_fields[note]=papier+ZERO", "B"),
        ("custom_fields[phare]=true", "C"),
        ("custom_fields[phare]=false", "D"),
    ],
)
def test_each_kind_of_field_filters(filled: World, client_of: Any, query: str, expected: str) -> None:
    assert "".join(codes(client_of(filled.pmo), filled, query)) == expected


def test_a_person_filters_by_their_key(filled: World, client_of: Any) -> None:
    client = client_of(filled.pmo)
    person = client.get(filled.url("/api/v1/people/")).json()["results"][0]["id"]
    assert codes(client, filled, f"custom_fields[referent]={person}") == ["A", "B"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("custom_fields.gain", "BCADE"),
        ("-custom_fields.gain", "ACBED"),
        ("custom_fields.priorite", "ACBDE"),
        ("-custom_fields.fin_gagee", "BAEDC"),
        ("custom_fields.note", "ABCDE"),
        ("-custom_fields.phare", "CDEBA"),
    ],
)
def test_pages_follow_the_order_of_a_field_and_end_with_rows_without_a_value(
    filled: World, client_of: Any, order: str, expected: str
) -> None:
    client = client_of(filled.pmo)
    for size in (1, 2, 50):
        assert "".join(codes(client, filled, f"ordering={order}&page_size={size}")) == expected
    # And back again, from the last page.
    url, found = filled.url(f"/api/v1/projects/?ordering={order}&page_size=2"), []
    while following := client.get(url).json()["next"]:
        url = following
    while url:
        page = client.get(url).json()
        found = [row["code"] for row in page["results"]] + found
        url = page["previous"]
    assert "".join(found) == expected


@pytest.mark.parametrize(
    ("query", "pointer", "words"),
    [
        ("custom_fields[prix]=3", "/custom_fields[prix]", "Choisissez parmi"),
        ("custom_fields[gain_from]=2026-01-01", "/custom_fields[gain_from]", "gain_min"),
        ("custom_fields[gain]=cher", "/custom_fields[gain]", "n’est pas un nombre"),
        ("custom_fields[gain_min]=", "/custom_fields[gain_min]", "Donnez une valeur"),
        ("custom_fields[priorite]=moyenne", "/custom_fields[priorite]", "n’est pas un des choix"),
        ("custom_fields[phare]=oui", "/custom_fields[phare]", "ni oui ni non"),
        ("custom_fields[note]=%00", "", ""),
        ("custom_fields=haute", "/custom_fields", "n’existe pas ici"),
        ("custom_fields[Gain]=1", "/custom_fields[Gain]", "n’existe pas ici"),
        ("ordering=custom_fields.pays", "/ordering", "n’est pas un ordre possible"),
        ("ordering=custom_fields.prix", "/ordering", "custom_fields.gain"),
    ],
)
def test_what_no_field_knows_is_refused(filled: World, client_of: Any, query: str, pointer: str, words: str) -> None:
    answer = client_of(filled.pmo).get(filled.url(f"/api/v1/projects/?{query}"))
    if not pointer:
        assert answer.status_code in {200, 400}
        return
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert words in error["detail"]


def test_tasks_have_their_own_fields_and_other_lists_none(filled: World, client_of: Any) -> None:
    actor = filled.memberships["admin"].actor
    client = client_of(filled.pmo)
    project = client.get(filled.url("/api/v1/projects/?code=A")).json()["results"][0]["id"]
    with filled.within():
        create_field(actor=actor, target_key="task", label="Lot", kind="number")
        for name, lot in (("Un", "1"), ("Dix", "10"), ("Deux", "2")):
            row = Project.objects.get(pk=project)
            create_task(actor=actor, project=row, name=name, custom_fields={"lot": lot})
    assert codes(client, filled, "ordering=-custom_fields.lot", "tasks", "name") == ["Dix", "Deux", "Un"]
    assert codes(client, filled, "custom_fields[lot_max]=2", "tasks", "name") == ["Un", "Deux"]
    assert client.get(filled.url("/api/v1/tasks/?custom_fields[gain]=80")).status_code == 400
    assert client.get(filled.url("/api/v1/milestones/?custom_fields[lot]=1")).status_code == 400
    assert client.get(filled.url("/api/v1/milestones/?ordering=custom_fields.lot")).status_code == 400


def test_a_filtered_list_takes_as_many_statements_for_any_number_of_rows(filled: World, client_of: Any) -> None:
    client = client_of(filled.pmo)
    query = "custom_fields[gain_max]=5000&ordering=-custom_fields.gain"

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(filled.url(f"/api/v1/projects/?{query}")).status_code == 200
        return len(captured)

    statements()
    few = statements()
    actor = filled.memberships["admin"].actor
    with filled.within():
        dates = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31), "pole": Pole.objects.get()}
        rows = [{"code": f"N{number}", "name": "N", "custom_fields": {"gain": "5"}, **dates} for number in range(30)]
        create_projects(actor=actor, values=rows)
    assert statements() == few


def test_the_document_declares_them(db: None) -> None:
    paths = current_document()["paths"]
    for path in ("/api/v1/projects/", "/api/v1/tasks/"):
        declared = {one["name"]: one for one in paths[path]["get"]["parameters"]}
        assert declared["custom_fields"]["style"] == "deepObject"
        assert any("pattern" in one for one in declared["ordering"]["schema"]["anyOf"])
    assert "custom_fields" not in {one["name"] for one in paths["/api/v1/risks/"]["get"]["parameters"]}


@pytest.mark.parametrize("key", ["range", "in", "contains", "exact", "a__b"])
def test_a_key_that_is_also_a_word_of_the_database_is_a_field_like_others(
    world: World, client_of: Any, key: str
) -> None:
    """By the API and in the list, for one option, several, a person, and yes or no."""
    actor = world.memberships["admin"].actor
    words = {"one": "choice", "many": "choices", "who": "person", "yes": "yes_no"}
    with world.within():
        pole, chloe = (
            create_pole(actor=actor, code="IT", name="Informatique"),
            create_person(actor=actor, name="Chloé"),
        )
        held = {"one": "haute", "many": ["haute"], "who": str(chloe.pk), "yes": True}
    for word, kind in words.items():
        with world.within(), transaction.atomic():
            options = [{"label": "Haute"}, {"label": "Basse"}] if word in {"one", "many"} else []
            create_field(actor=actor, target_key="project", label=key, kind=kind, key=key, options=options)
            days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
            values = {"code": "X", "name": "Projet X", "pole": pole, "custom_fields": {key: held[word]}, **days}
            create_projects(actor=actor, values=[values])
            asked = held[word][0] if word == "many" else str(held[word]).replace("True", "true")
            assert codes(client_of(world.pmo), world, f"custom_fields[{key}]={asked}") == ["X"], word
            page = client_of(world.pmo).get(world.url(f"/projects/?custom_{key}={asked}"))
            assert "Projet X" in page.content.decode(), word
            if word == "one":
                assert codes(client_of(world.pmo), world, f"ordering=custom_fields.{key}") == ["X"]
            transaction.set_rollback(True)
