"""Journeys in a real Chromium, against the product as it runs: gunicorn, a worker, a scheduler, the demo companies.

One site and one browser serve all of them: they are one group for pytest-xdist. They touch no ORM: what a person
cannot see is not looked at. `--reuse-db` keeps the site's database for the next run.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.site import Site, running_site
from tests.browser.visitor import TIMEOUT, Visitor

MANAGER = "nicolas.perrin@tech4value.example"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(autouse=True)
def _own_redis() -> None:
    """The site has a Redis database of its own, which must not be emptied under it."""


@pytest.fixture(scope="package")
def chromium() -> str:
    """The path of Debian's Chromium (or of CHROMIUM)."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("Chromium is not installed: apt install chromium, or set CHROMIUM to its path")
    return found


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    # Of the package, not of the session: while it lives, Django refuses its ORM in this thread.
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="package")
def site(chromium: str, request: pytest.FixtureRequest) -> Iterator[Site]:
    with running_site(keep=bool(request.config.getoption("reuse_db", False))) as started:
        yield started


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[[str], Visitor]]:
    """`visit("nicolas.perrin@tech4value.example")` is that person, at the home page, in a browser of their own.

    `visit("")` is somebody who has not signed in. At the end, no page may have logged an error.
    """
    made: list[Visitor] = []

    def arrive(email: str) -> Visitor:
        visitor = Visitor(browser, site)
        made.append(visitor)
        if email:
            visitor.sign_in(email)
        return visitor

    yield arrive
    for visitor in made:
        visitor.leave()
    assert [trouble for visitor in made for trouble in visitor.troubles] == []


@pytest.fixture
def plan(visit: Callable[[str], Visitor]) -> Iterator[tuple[Visitor, str]]:
    """Nicolas in front of the empty plan of a new project, and its address."""
    nicolas = visit(MANAGER)
    nicolas.expected |= {409, 422}
    page = nicolas.go("/projects/new/")
    page.get_by_label("Nom", exact=True).fill("Plan à construire")
    page.get_by_label("Code", exact=True).fill(f"PLAN{uuid4().hex[:4].upper()}")
    page.locator("select[name=pole]").select_option(index=1)
    page.get_by_role("button", name="Créer le projet").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Plan à construire")
    page.get_by_role("link", name="Planning", exact=True).click()
    expect(page.locator("#gantt[data-ready]")).to_be_visible()
    yield nicolas, page.url.split("/t/tech4value")[1].split("?")[0]
