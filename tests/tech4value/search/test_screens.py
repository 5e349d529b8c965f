"""The palette's answers, the choices of a field, the page of results, the API."""

import json
from typing import Any

import pytest

from portfolio.people.actions import create_people
from portfolio.planning.actions import create_task
from portfolio.projects.actions import change_project
from tests.tech4value.search.conftest import Company


def suggested(client: Any, company: Company, query: str) -> list[tuple[str, list[str]]]:
    answer = client.get(company.world.url(f"/search/suggest/?{query}")).json()
    return [(group["label"], [item["title"] for item in group["items"]]) for group in answer["groups"]]


def test_the_pmo_gets_groups_the_best_row_first(company: Company, client_of: Any) -> None:
    client = client_of(company.world.pmo)
    groups = suggested(client, company, "q=recette")
    assert groups[0] == ("Jalons", ["Recette prononcée"])
    assert groups[1][0] == "Tâches"
    item = client.get(company.world.url("/search/suggest/?q=prj-012")).json()["groups"][0]["items"][0]
    assert item["url"] == company.world.url(f"/projects/{company.erp.pk}/")
    assert (item["code"], item["detail"]) == ("PRJ-012", "Éloïse Œuvray")


def test_what_was_opened_last_is_named_only_to_those_who_may_see_it(company: Company, client_of: Any) -> None:
    keys = f"recent={company.erp.pk},{company.paie.pk},nonsense,{company.eloise.pk},{company.erp.pk}"
    assert suggested(client_of(company.world.pmo), company, keys) == [
        ("Vus récemment", ["Refonte de l’ERP", "Nouvelle paie", "Éloïse Œuvray"])
    ]
    assert suggested(client_of(company.world.member), company, keys) == [
        ("Vus récemment", ["Nouvelle paie", "Éloïse Œuvray"])
    ]
    assert suggested(client_of(company.world.end_user), company, keys) == []


def test_a_field_is_offered_rows_of_its_kind_and_of_its_permission(company: Company, client_of: Any) -> None:
    def offered(who: str, query: str) -> list[str]:
        url = company.world.url(f"/search/options/?{query}")
        return [item["title"] for item in client_of(company.world.users[who]).get(url).json()["items"]]

    assert offered("pmo", "kind=person&q=elo") == ["Éloïse Œuvray"]
    assert "Éloïse Œuvray" in offered("pmo", "kind=person")
    assert offered("pmo", f"kind=task&q=recette&project={company.paie.pk}") == ["Préparer la recette"]
    assert set(offered("member", "kind=project")) == {"Nouvelle paie"}
    # A project manager sees every project, and edits the plans of their own: none here.
    assert offered("manager", "kind=project&q=prj") != []
    assert offered("manager", "kind=project&q=prj&permission=plan.edit") == []
    assert client_of(company.world.pmo).get(company.world.url("/search/options/?kind=nothing")).status_code == 404


def test_the_page_of_results_filters_and_turns_pages(company: Company, client_of: Any) -> None:
    client = client_of(company.world.pmo)
    with company.world.within():
        create_people(actor=company.actor, values=[{"name": f"Recettier <i>{n}</i>"} for n in range(30)])
    page = client.get(company.world.url("/search/?q=recet"))
    assert "33 résultats" in page.content.decode()
    assert len(page.context["page"].object_list) == 25
    assert "tier &lt;i&gt;" in page.content.decode()
    only = client.get(company.world.url("/search/?q=recet&kind=task")).context["page"].object_list
    assert {one.kind.kind for one in only} == {"task"}
    assert "Rien ne répond" in client.get(company.world.url("/search/?q=zzz")).content.decode()
    assert "Que cherchez-vous" in client.get(company.world.url("/search/?q=%00&kind=x&page=y")).content.decode()


@pytest.mark.parametrize("query", ["q=", "q=%00", "q=!!!", "q=" + "%C3%A9" * 5000, "recent=,,,x", "q=%ED%A0%80"])
def test_hostile_questions_are_answered_with_nothing(company: Company, client_of: Any, query: str) -> None:
    client = client_of(company.world.pmo)
    assert suggested(client, company, query) == []
    assert client.get(company.world.url(f"/search/?{query}")).status_code == 200


def test_a_title_that_is_markup_is_text_in_the_page(company: Company, client_of: Any) -> None:
    with company.world.within():
        change_project(actor=company.actor, project=company.erp, values={"name": "<script>alert(1)</script>"})
    page = client_of(company.world.pmo).get(company.world.url("/search/?q=script")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;" in page


def test_the_api_answers_what_the_caller_may_see(company: Company, client_of: Any) -> None:
    client = client_of(company.world.pmo)
    found = client.get(company.world.url("/api/v1/search/?q=recette&kind=milestone")).json()
    assert [(one["kind"], one["title"], one["match"]) for one in found] == [
        ("milestone", "Recette prononcée", "starts")
    ]
    assert found[0]["project"] == str(company.erp.pk)
    with company.world.within():  # the line of the plan that stands for it is not found besides
        create_task(actor=company.actor, project=company.erp, name="Recette prononcée", milestone=company.pilot)
    named = client.get(company.world.url("/api/v1/search/?q=recette%20prononcee")).json()
    assert [one["kind"] for one in named] == ["milestone"]
    mine = client_of(company.world.member).get(company.world.url("/api/v1/search/?q=recette")).json()
    assert [one["title"] for one in mine] == ["Préparer la recette"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=!!", "q"),
        ("q=a&kind=x", "kind"),
        ("q=a&limit=0", "limit"),
        ("q=a&colour=red", "colour"),
    ],
)
def test_the_api_says_what_is_wrong_with_a_question(company: Company, client_of: Any, query: str, field: str) -> None:
    answer = client_of(company.world.pmo).get(company.world.url(f"/api/v1/search/?{query}"))
    assert answer.status_code == 400
    assert field in json.dumps(answer.json())
