"""Every page of the product, found by following its links as a person would, is sound: see audit.py."""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.architecture.routes import routes
from tests.browser.audit import faults, panel_faults
from tests.browser.other_company import secrets_of
from tests.browser.site import SAMPLES
from tests.browser.steps import bring_plan, bring_table, bring_workbook, export_plan, produce_pack
from tests.browser.visitor import Visitor

ADMINISTRATOR = "olivier.castel@tech4value.example"
EXECUTIVE = "isabelle.marchand@tech4value.example"
# Answers that are no page: files, and parts of a page that htmx asks for.
FILES = {
    *("files:download", "imports:template", "packs:download", "api-schema", "governance:export", "exports:feed"),
    *("treasury:export", "finance:returns_export", "finance:variance_export", "finance:portfolio_variance_export"),
}
HEATMAP_ROWS = ("pole", "person", "project", "programme", "skill", "profile")
FRAGMENTS = {
    *("jobs:progress", "imports:progress", "packs:state", "console:journal_verify", "people:holidays"),
    *("exports:progress", "simulation:progress", "planning:portfolio_progress"),
    *("optimisation:progress", "scenarios:proposal_search"),
    *("planning:gantt_rows", "planning:roadmap_rows", "planning:figures", "capacity:plan_overload"),
    *("planning:gantt_marks",),
    # What a cell of the heatmap opens, asked for by script: tests/portfolio/capacity looks at each.
    *(f"capacity:{row}_{part}" for row in HEATMAP_ROWS for part in ("cell", "cells")),
    *("web:styleguide_explain", "web:styleguide_job", "notifications:bell", "search:suggest", "search:options"),
}
# Only by address: what the product opens by itself, or a library keeps for it.
BY_ADDRESS = [
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/required/",
    "/accounts/sessions/",
    "/demo/mail/",
    "/styleguide/",
    "/t/tech4value/imports/workbook/",
    "/t/tech4value/imports/plan/",
    "/t/tech4value/imports/table/",
    "/t/tech4value/search/?q=projet",
]
# Opened by a key that is mailed: test_accounts, test_invitation and the notifications' own tests look at them.
BY_KEY = {"invitation", "unsubscribe"}
# The demo company is within its plan: what to keep beyond it is asked of nobody. test_surplus opens these.
ABSENT = {"console:surplus_members", "console:surplus_projects"}
# What a scenario leads to in each of its states.
SCENARIOS = (("draft", ""), ("submitted", "refuse/"), ("approved", "apply/"))
LINKS = """() => [...document.querySelectorAll("[href], [hx-get], form[method=get]")].flatMap(
  (one) => [one.getAttribute("href"), one.getAttribute("hx-get"), one.getAttribute("action")]).filter(Boolean)"""


def place(url: str) -> str:
    """The route that an address leads to; in the style guide, with the family of components."""
    path = re.sub(r"^/t/[^/]+", "", urlsplit(url).path) or "/"
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    return f"{match.view_name} {match.kwargs.get('family', '')}".strip()


def test_every_page_is_accessible_and_whole(visit: Callable[[str], Visitor], tmp_path: Path) -> None:
    secrets = secrets_of(visit)
    admin = visit(ADMINISTRATOR)
    opened = fill(admin, tmp_path)
    wrong: dict[str, list[str]] = {}
    seen: set[str] = set()
    for name, page in pages(admin, seen, opened):
        before = len(admin.troubles)
        if found := [*faults(page), *panel_faults(page), *admin.troubles[before:]]:
            wrong[f"{name} {page.url}"] = found
    admin.troubles.clear()
    ours = [route for route in routes() if route.is_ours and "get" in route.methods]
    wanted = {route.name for route in ours if "/api/" not in route.template} - FILES - FRAGMENTS - BY_KEY - ABSENT
    wrong |= {name: ["no link leads to it"] for name in wanted - {one.split()[0] for one in seen}}
    assert not wrong, "\n".join(f"{name}\n  " + "\n  ".join(found) for name, found in sorted(wrong.items()))
    admin.assert_never_shown(secrets)


def test_refusals_are_sound_pages_too(visit: Callable[[str], Visitor]) -> None:
    executive = visit(EXECUTIVE)
    executive.expected = {403, 404}
    for path, status in (("/settings/members/", 403), ("/projects/no-such-project/", 404)):
        answer = executive.page.goto(executive.site.tenant_url(path))
        assert answer is not None
        assert answer.status == status
        assert faults(executive.page) == [], path


def fill(admin: Visitor, folder: Path) -> list[str]:
    """What the demo company lacks: an import with errors, a plan and a table to be imported, the files and the
    calendar of a plan, a pack, a mail. Returns addresses to walk to first: the steps of the table, the reports of a
    project that has some, the roles of the one that has some, and the proposals for a pole and a skill."""
    table = folder / "projets.csv"
    table.write_text("Code;Nom;Pôle\nVPN;Accès distant;IT\n")
    reading = bring_table(admin, table)
    bring_workbook(admin, SAMPLES / "portefeuille.xlsx")
    # Last, so that it is the import that the list leads to first: it has every part.
    bring_plan(admin, SAMPLES / "plan-projet.xml", code="WALK", pole="IT")
    produce_pack(admin)
    admin.page.goto(f"{admin.site.url}/accounts/password/reset/")
    admin.page.get_by_label("Adresse e-mail").fill(ADMINISTRATOR)  # another's link would sign out
    admin.page.get_by_role("button", name="Envoyer le lien").click()
    admin.page.wait_for_url("**/reset/done/")
    keys = {row["code"]: row["id"] for row in admin.api("/projects/")}
    export_plan(admin, keys["RGPD"])
    told = admin.site.tenant_url(f"/projects/{keys['RGPD']}/status/")
    roles = admin.site.tenant_url(f"/templates/project/{keys['INTRANET']}/")
    cash = admin.site.tenant_url(f"/cash/projects/{keys['ODOO']}/")
    # What the panel of a cell of the heatmap leads to.
    pole = next(row["id"] for row in admin.api("/poles/") if row["code"] == "IT")
    skill = admin.api("/skills/")[0]["id"]
    ways = [f"/scenarios/proposals/poles/{pole}/", f"/scenarios/proposals/skills/{skill}/"]
    ways += states(admin, keys)
    out = [admin.site.tenant_url(path) for path in ways]
    return [reading, reading.replace("/reading/", "/columns/"), told, roles, cash, *out]


def states(admin: Visitor, projects: dict[str, str]) -> Iterator[str]:
    """What bookings, budgets, shared or not, and scenarios lead to in each of their states: the walk itself meets one
    of them in one. `projects` are keys by code."""
    yield f"/capacity/projects/{admin.api('/allocations/')[0]['project']}/"
    versions = {row["state"]: row for row in admin.api("/budget-versions/")}
    planned = [row["project"] for row in admin.api("/budget-lines/") if Decimal(row["planned"])]
    held = {row["project"] for row in admin.api("/budget-versions/")}
    yield f"/budget/projects/{next(key for key in planned if key not in held)}/versions/"
    yield from (f"/budget/versions/{versions['proposed']['id']}/{step}/" for step in ("approve", "return"))
    yield f"/budget/projects/{projects['DATA']}/versions/new/"
    if "draft" not in versions:
        page = admin.go(f"/budget/projects/{projects['GREEN']}/versions/new/")
        page.locator("[name=reason]").fill("Deux sites de plus")
        page.get_by_role("button", name="Préparer la révision").click()
        page.wait_for_url("**/edit/")
        versions = {row["state"]: row for row in admin.api("/budget-versions/")}
    yield from (f"/budget/versions/{versions['draft']['id']}/{step}/" for step in ("edit", "propose"))
    # A shared budget is shared in the demo; opened again, its projects and its sharing are changed.
    envelope = f"/budget/envelopes/{admin.api('/envelopes/')[0]['id']}/"
    page = admin.go(envelope)
    if page.get_by_role("button", name="Rouvrir").count():
        page.get_by_role("button", name="Rouvrir").click()
        page.get_by_role("link", name="Répartir").wait_for()
    yield envelope
    scenarios = {row["status"]: row["id"] for row in admin.api("/scenarios/")}
    yield from (f"/scenarios/{scenarios[state]}/{step}" for state, step in SCENARIOS)


def pages(visitor: Visitor, seen: set[str], more: Sequence[str]) -> Iterator[tuple[str, Page]]:
    """Each place once, breadth first from the home page; `seen` grows with the places."""
    page, home = visitor.page, visitor.site.tenant_url("/home/")
    waiting = deque([home, *(visitor.site.url + path for path in BY_ADDRESS), *more])
    while waiting:
        url = waiting.popleft()
        name = place(url)
        if not name or name in seen or name.split()[0] in FILES or "/api/" in url:
            continue
        seen.add(name)
        if name.split()[0] in FRAGMENTS:
            continue
        answer = page.goto(url)
        assert answer is not None and answer.status == 200, f"{url}: {answer and answer.status}"
        links = page.evaluate(LINKS)
        yield name, page
        for link in links:
            target = urljoin(url, link)
            if target.startswith(visitor.site.url) and place(target) not in seen:
                waiting.append(target)
