"""The screens of projects, through the front door: who sees and does what, and what refusals say."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.projects.actions import add_project_member, create_milestone, create_project
from portfolio.projects.models import Milestone, Programme, Project, ProjectMember, StatusReport
from tech4value.audit.models import AuditEvent
from tech4value.tenancy.clock import today
from tests.portfolio.projects.conftest import Portfolio

PANEL = {"HX-Request": "true", "HX-Target": "panel"}


def form_of(portfolio: Portfolio, **changes: Any) -> dict[str, Any]:
    return {
        "code": "CRM",
        "name": "Nouveau CRM",
        "pole": str(portfolio.it.pk),
        "method": "agile",
        "phase": "framing",
        "starts_on": "2026-01-05",
        "ends_on": "18/12/2026",
        **changes,
    }


def tabs(portfolio: Portfolio, project: Project) -> list[str]:
    key = project.pk
    return [f"/projects/{key}/", f"/projects/{key}/milestones/", f"/projects/{key}/status/", f"/projects/{key}/team/"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_draws(portfolio: Portfolio, client_of: Any, language: str) -> None:
    user = portfolio.world.pmo
    user.language = language
    user.save()
    pmo = client_of(user)
    pages = ["/projects/", "/projects/new/", "/projects/programmes/", "/projects/programmes/new/"]
    for path in [*pages, *tabs(portfolio, portfolio.erp), *tabs(portfolio, portfolio.rgpd)]:
        answer = pmo.get(portfolio.url(path))
        assert answer.status_code == 200, path
        assert b"</html>" in answer.content
    key = portfolio.erp.pk
    forms = [
        f"/projects/{key}/edit/",
        f"/projects/{key}/milestones/new/",
        f"/projects/{key}/status/new/",
        f"/projects/{key}/team/new/",
        f"/projects/milestones/{portfolio.pilot.pk}/edit/",
        f"/projects/milestones/{portfolio.pilot.pk}/reach/",
        f"/projects/status/{portfolio.report.pk}/edit/",
    ]
    for path in forms:
        panel = pmo.get(portfolio.url(path), headers=PANEL)
        assert panel.status_code == 200 and panel.content.lstrip().startswith(b'<div class="stack">'), path
        assert b"</html>" in pmo.get(portfolio.url(path)).content


def test_the_project_manager_creates_a_project_and_is_its_manager(portfolio: Portfolio, client_of: Any) -> None:
    manager = client_of(portfolio.world.manager)
    page = manager.get(portfolio.url("/projects/new/"))
    assert f'value="{portfolio.chloe.pk}" selected' in page.content.decode()
    answer = manager.post(portfolio.url("/projects/new/"), form_of(portfolio, manager=str(portfolio.chloe.pk)))
    with portfolio.world.within():
        project = Project.objects.get(code="CRM")
        assert (project.manager, str(project.ends_on)) == (portfolio.chloe, "2026-12-18")
    assert answer.headers["Location"] == portfolio.url(f"/projects/{project.pk}/")
    in_panel = manager.post(portfolio.url("/projects/new/"), form_of(portfolio, code="CRM2"), headers=PANEL)
    assert in_panel.status_code == 204 and "/projects/" in in_panel.headers["HX-Redirect"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "ERP"}, "Le code ERP est déjà celui d’un projet"),
        ({"ends_on": "2025-01-01"}, "La fin précède le début"),
        ({"name": ""}, "Ce champ est obligatoire"),
        ({"pole": "00000000-0000-0000-0000-000000000000"}, "Sélectionnez un choix valide"),
        ({"starts_on": "31/02/2026"}, "Saisissez une date valide"),
        ({"name": "x" * 161}, "au plus 160"),
    ],
)
def test_a_refused_project_says_why_and_keeps_what_was_typed(
    portfolio: Portfolio, client_of: Any, changes: dict[str, str], sentence: str
) -> None:
    answer = client_of(portfolio.world.pmo).post(portfolio.url("/projects/new/"), form_of(portfolio, **changes))
    text = answer.content.decode()
    assert answer.status_code == 422 and sentence in text
    assert "agile" in text
    with portfolio.world.within():
        assert Project.objects.count() == 2


def test_another_tenants_pole_is_no_choice(portfolio: Portfolio, client_of: Any) -> None:
    with portfolio.world.within(portfolio.world.chantier):
        pole = portfolio.foreign.pole_id
    answer = client_of(portfolio.world.pmo).post(portfolio.url("/projects/new/"), form_of(portfolio, pole=str(pole)))
    assert answer.status_code == 422 and "Sélectionnez un choix valide" in answer.content.decode()


def test_another_tenants_project_does_not_exist(portfolio: Portfolio, client_of: Any) -> None:
    pmo = client_of(portfolio.world.pmo)
    for path in tabs(portfolio, portfolio.foreign):
        assert pmo.get(portfolio.url(path)).status_code == 404
    for verb in ("edit", "delete", "restore", "milestones/new", "status/new", "team/new"):
        assert pmo.post(portfolio.url(f"/projects/{portfolio.foreign.pk}/{verb}/"), {}).status_code == 404
    with portfolio.world.within(portfolio.world.chantier):
        assert Project.objects.get().name == "Secret"


def test_a_project_manager_edits_their_own_projects_only(portfolio: Portfolio, client_of: Any) -> None:
    manager = client_of(portfolio.world.manager)
    assert manager.get(portfolio.url(f"/projects/{portfolio.erp.pk}/edit/")).status_code == 200
    for path in (
        f"/projects/{portfolio.rgpd.pk}/edit/",
        f"/projects/{portfolio.rgpd.pk}/milestones/new/",
        f"/projects/{portfolio.rgpd.pk}/status/new/",
        f"/projects/{portfolio.rgpd.pk}/team/new/",
    ):
        assert manager.get(portfolio.url(path)).status_code == 403
        assert manager.post(portfolio.url(path), {}).status_code == 403
    assert manager.post(portfolio.url(f"/projects/{portfolio.erp.pk}/delete/")).status_code == 403
    page = manager.get(portfolio.url(f"/projects/{portfolio.rgpd.pk}/"))
    assert page.status_code == 200 and "Publier un point" not in page.content.decode()


def test_a_team_member_sees_their_projects_only(portfolio: Portfolio, client_of: Any) -> None:
    member = client_of(portfolio.world.member)
    assert member.get(portfolio.url(f"/projects/{portfolio.erp.pk}/")).status_code == 404
    with portfolio.world.within():
        actor = portfolio.world.memberships["pmo"].actor
        add_project_member(actor=actor, project=portfolio.erp, person=portfolio.mehdi)
    assert member.get(portfolio.url(f"/projects/{portfolio.erp.pk}/")).status_code == 200
    listed = member.get(portfolio.url("/projects/")).content.decode()
    assert "Nouvel ERP" in listed and "Conformité RGPD" not in listed
    assert member.get(portfolio.url(f"/projects/{portfolio.erp.pk}/edit/")).status_code == 403
    assert member.get(portfolio.url("/projects/new/")).status_code == 403


@pytest.mark.parametrize("who", ["end_user", "reader"])
def test_outsiders_of_the_portfolio_see_no_project(portfolio: Portfolio, client_of: Any, who: str) -> None:
    client = client_of(getattr(portfolio.world, who))
    assert client.get(portfolio.url("/projects/")).status_code == 403
    assert client.get(portfolio.url(f"/projects/{portfolio.erp.pk}/")).status_code == 403


def test_a_stale_save_keeps_what_was_typed_and_says_who_wrote(portfolio: Portfolio, client_of: Any) -> None:
    pmo, manager = client_of(portfolio.world.pmo), client_of(portfolio.world.manager)
    address = portfolio.url(f"/projects/{portfolio.erp.pk}/edit/")
    sent = form_of(portfolio, code="ERP", manager=str(portfolio.chloe.pk), version="1")
    assert pmo.post(address, {**sent, "goal": "Objectif de Pierre"}).status_code == 302
    answer = manager.post(address, {**sent, "goal": "Objectif de Chloé"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Pierre Mohamed-Olive" in text and "Objectif de Pierre" in text and "Objectif de Chloé" in text
    assert 'name="version" value="2"' in text, "read again, it can be saved"
    assert manager.post(address, {**sent, "version": "2", "goal": "Objectif de Chloé"}).status_code == 302


def test_a_deleted_project_comes_back(portfolio: Portfolio, client_of: Any) -> None:
    pmo = client_of(portfolio.world.pmo)
    answer = pmo.post(portfolio.url(f"/projects/{portfolio.erp.pk}/delete/"), follow=True)
    text = answer.content.decode()
    undo = portfolio.url(f"/projects/{portfolio.erp.pk}/restore/")
    assert "Le projet Nouvel ERP a été supprimé." in text and f'data-undo-url="{undo}"' in text
    assert pmo.get(portfolio.url(f"/projects/{portfolio.erp.pk}/")).status_code == 404
    assert client_of(portfolio.world.manager).post(undo).status_code == 403
    assert pmo.post(undo).status_code == 204
    assert pmo.get(portfolio.url(f"/projects/{portfolio.erp.pk}/")).status_code == 200
    assert pmo.post(undo).status_code == 404, "what is not deleted is not restored"


def test_the_list_filters_searches_and_sorts_by_its_address(portfolio: Portfolio, client_of: Any) -> None:
    pmo = client_of(portfolio.world.pmo)

    def codes(query: str) -> list[str]:
        page = pmo.get(portfolio.url(f"/projects/{query}")).context["page"]
        return [project.code for project in page.object_list]

    assert codes("") == ["RGPD", "ERP"]
    assert codes("?sort=code") == ["ERP", "RGPD"]
    assert codes("?sort=-weather") == ["ERP", "RGPD"]
    assert codes("?q=chloé erp") == ["ERP"]
    assert codes(f"?pole={portfolio.it.pk}&phase=framing") == ["RGPD", "ERP"]
    assert codes("?phase=closed") == codes("?method=agile") == codes("?mine=on") == []
    assert codes("?pole=pas-une-clef&sort=nimporte&page=99") == ["RGPD", "ERP"]
    mine = client_of(portfolio.world.manager).get(portfolio.url("/projects/?mine=on")).context["page"]
    assert [project.code for project in mine.object_list] == ["ERP"]


def test_the_list_takes_as_many_queries_for_60_projects_as_for_2(portfolio: Portfolio, client_of: Any) -> None:
    pmo = client_of(portfolio.world.pmo)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert pmo.get(portfolio.url("/projects/")).status_code == 200
        return len(queries)

    count()
    few = count()
    with portfolio.world.within():
        actor, day = portfolio.world.memberships["pmo"].actor, today()
        for number in range(60):
            project = create_project(
                actor=actor, code=f"P{number}", name=f"Projet {number}", pole=portfolio.it,
                manager=portfolio.chloe, starts_on=day, ends_on=day,
            )  # fmt: skip
            create_milestone(actor=actor, project=project, name="Fin", due_on=day)
    assert count() == few
    page = pmo.get(portfolio.url("/projects/")).context["page"]
    assert (len(page.object_list), page.paginator.num_pages) == (50, 2)


def test_the_milestones_tab_takes_as_many_queries_for_40_as_for_1(portfolio: Portfolio, client_of: Any) -> None:
    pmo = client_of(portfolio.world.pmo)
    counts = []
    for _round in range(3):
        for path in tabs(portfolio, portfolio.erp)[:2]:
            with CaptureQueriesContext(connection) as queries:
                assert pmo.get(portfolio.url(path)).status_code == 200
            counts.append(len(queries))
        with portfolio.world.within():
            for number in range(20):
                create_milestone(
                    actor=portfolio.world.memberships["pmo"].actor, project=portfolio.erp,
                    name=f"Jalon {_round} {number}", due_on=today(), owner=portfolio.chloe,
                )  # fmt: skip
    assert counts[2:4] == counts[4:6]


def test_an_empty_portfolio_says_what_to_do_first(world: Any, client_of: Any) -> None:
    text = client_of(world.pmo).get(world.url("/projects/")).content.decode()
    assert "Aucun projet pour l’instant" in text and "/projects/new/" in text
    page = client_of(world.pmo).get(world.url("/projects/new/")).content.decode()
    assert "votre organisation n’en a pas encore" in page
    member = client_of(world.member).get(world.url("/projects/")).content.decode()
    assert "Les projets dont vous faites partie" in member


def test_a_milestone_is_added_moved_met_deleted_and_comes_back(portfolio: Portfolio, client_of: Any) -> None:
    manager = client_of(portfolio.world.manager)
    tab = portfolio.url(f"/projects/{portfolio.erp.pk}/milestones/")
    assert "+5\u00a0j calendaires de retard" in manager.get(tab).content.decode()
    day = today(portfolio.world.atelier)
    due = day + timedelta(days=30)
    added = manager.post(f"{tab}new/", {"name": "Bascule", "due_on": f"{due:%Y-%m-%d}"})
    assert added.headers["Location"] == tab
    with portfolio.world.within():
        milestone = Milestone.objects.get(name="Bascule")
    address = portfolio.url(f"/projects/milestones/{milestone.pk}")
    sent = {"name": "Bascule", "baseline_on": f"{due:%Y-%m-%d}", "version": "1"}
    assert (
        manager.post(f"{address}/edit/", {**sent, "due_on": f"{due + timedelta(days=1):%Y-%m-%d}"}).status_code == 302
    )
    assert "+1\u00a0j calendaire de glissement" in manager.get(tab).content.decode()
    refused = manager.post(f"{address}/reach/", {"actual_on": f"{due:%Y-%m-%d}", "version": "2"})
    assert refused.status_code == 422 and "La date réelle est à venir" in refused.content.decode()
    assert manager.post(f"{address}/reach/", {"actual_on": f"{day:%Y-%m-%d}", "version": "2"}).status_code == 302
    text = manager.get(tab).content.decode()
    assert "−30\u00a0j calendaires, en avance" in text
    assert manager.post(f"{address}/delete/", follow=True).status_code == 200
    assert manager.post(f"{address}/restore/").status_code == 204
    twin = manager.post(f"{tab}new/", {"name": "Bascule", "due_on": f"{due:%Y-%m-%d}"})
    assert "Ce projet a déjà un jalon" in twin.content.decode()


def test_a_report_is_published_by_who_manages_the_project(portfolio: Portfolio, client_of: Any) -> None:
    manager = client_of(portfolio.world.manager)
    tab = portfolio.url(f"/projects/{portfolio.erp.pk}/status/")
    sent = {
        "reported_on": f"{today(portfolio.world.atelier):%Y-%m-%d}",
        "weather": "sunny",
        "trend": "up",
        "comment": "Le pilote tourne.",
    }
    assert manager.post(f"{tab}new/", sent).headers["Location"] == tab
    assert manager.post(f"{tab}new/", {**sent, "comment": "Le pilote tourne bien."}).status_code == 302
    text = manager.get(tab).content.decode()
    assert "Le pilote tourne bien." in text and "Chloé Cheffe" in text and "Le fournisseur tarde." in text
    with portfolio.world.within():
        assert StatusReport.objects.filter(project=portfolio.erp).count() == 2
    summary = manager.get(portfolio.url(f"/projects/{portfolio.erp.pk}/")).content.decode()
    assert "Ensoleillé" in summary and "Le pilote tourne bien." in summary
    future = manager.post(f"{tab}new/", {**sent, "reported_on": "2099-01-01"})
    assert future.status_code == 422 and "pas de date à venir" in future.content.decode()
    missing = manager.post(f"{tab}new/", {**sent, "weather": "neige"})
    assert missing.status_code == 422
    corrected = portfolio.url(f"/projects/status/{portfolio.report.pk}")
    clash = manager.post(f"{corrected}/edit/", {**sent, "version": "1"})
    assert clash.status_code == 422 and "porte déjà cette date" in clash.content.decode()
    assert manager.post(f"{corrected}/delete/").status_code == 302
    assert manager.post(f"{corrected}/restore/").status_code == 204


def test_the_team_of_a_project(portfolio: Portfolio, client_of: Any) -> None:
    manager = client_of(portfolio.world.manager)
    tab = portfolio.url(f"/projects/{portfolio.erp.pk}/team/")
    assert manager.post(f"{tab}new/", {"person": str(portfolio.mehdi.pk), "role": "observer"}).status_code == 302
    with portfolio.world.within():
        member = ProjectMember.objects.get()
    address = portfolio.url(f"/projects/team/{member.pk}")
    assert manager.post(f"{address}/edit/", {"role": "contributor", "version": "1"}).status_code == 302
    assert "Contributeur" in manager.get(tab).content.decode()
    again = manager.post(f"{tab}new/", {"person": str(portfolio.mehdi.pk), "role": "observer"})
    assert again.status_code == 422, "who is in the team is no choice"
    assert manager.post(f"{address}/delete/").status_code == 302
    assert client_of(portfolio.world.member).get(tab).status_code == 404
    assert manager.post(f"{address}/restore/").status_code == 204


def test_the_summary_tells_what_changed_to_those_who_may_read_it(portfolio: Portfolio, client_of: Any) -> None:
    with portfolio.world.within():
        from portfolio.projects.actions import change_project

        actor = portfolio.world.memberships["pmo"].actor
        change_project(actor=actor, project=portfolio.erp, values={"phase": "delivery"})
    text = client_of(portfolio.world.manager).get(portfolio.url(f"/projects/{portfolio.erp.pk}/")).content.decode()
    assert "Cadrage → Réalisation" in text
    assert "Pilote" in text and "Pierre Mohamed-Olive" in text


def test_programmes_are_for_those_who_organise(portfolio: Portfolio, client_of: Any) -> None:
    pmo, manager = client_of(portfolio.world.pmo), client_of(portfolio.world.manager)
    assert manager.get(portfolio.url("/projects/programmes/")).status_code == 200
    sent = {"code": "T", "name": "Transformation"}
    assert manager.post(portfolio.url("/projects/programmes/new/"), sent).status_code == 403
    assert pmo.post(portfolio.url("/projects/programmes/new/"), sent).status_code == 302
    with portfolio.world.within():
        programme = Programme.objects.get()
    address = portfolio.url(f"/projects/programmes/{programme.pk}")
    assert pmo.post(f"{address}/edit/", {**sent, "name": "Transfo", "version": "1"}).status_code == 302
    edited = form_of(portfolio, code="ERP", programme=str(programme.pk), version="1")
    assert pmo.post(portfolio.url(f"/projects/{portfolio.erp.pk}/edit/"), edited).status_code == 302
    kept = pmo.post(f"{address}/delete/", follow=True).content.decode()
    assert "porte encore 1 projet" in kept and "Transfo" in kept
    listed = pmo.get(portfolio.url(f"/projects/?programme={programme.pk}")).context["page"]
    assert len(listed.object_list) == 1


def test_refused_writes_leave_no_trace(portfolio: Portfolio, client_of: Any) -> None:
    with portfolio.world.within():
        before = AuditEvent.objects.exclude(verb="access.denied").count()
    manager = client_of(portfolio.world.manager)
    for path in (
        f"/projects/{portfolio.rgpd.pk}/edit/",
        f"/projects/{portfolio.erp.pk}/delete/",
        "/projects/programmes/new/",
    ):
        assert manager.post(portfolio.url(path), form_of(portfolio)).status_code == 403
    with portfolio.world.within():
        assert AuditEvent.objects.exclude(verb="access.denied").count() == before
