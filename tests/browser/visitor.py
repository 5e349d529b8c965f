"""Somebody in front of the product: a browser of their own, and all that they were shown."""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, Response

from tests.browser.site import PASSWORD, Site

TIMEOUT = 30_000


class Visitor:
    """`page` is what is on the screen; `shown` is every HTML and JSON text received since signing in; `troubles` is
    what the browser complained about."""

    def __init__(self, browser: Browser, site: Site, **options: Any) -> None:
        self.site = site
        self.context = browser.new_context(
            locale="fr-FR", reduced_motion="reduce", viewport={"width": 1440, "height": 900}, **options
        )
        self.context.set_default_timeout(TIMEOUT)
        self.shown: list[tuple[str, str]] = []
        self.unread: list[str] = []
        self.troubles: list[str] = []
        self.expected: set[int] = set()
        """Statuses of refusal that the journey is about."""
        self.context.on("response", self._on_response)
        self.page = self.open_page()

    def open_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        return page

    def arrive(self, path: str, tenant: str = "tech4value") -> None:
        """Wait until the page at this address of the company is shown, not one that only names it after `?`."""
        address = self.site.tenant_url(path, tenant)
        self.page.wait_for_url(lambda url: url.partition("?")[0].startswith(address))

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.page.goto(f"{self.site.url}/accounts/login/")
        self.page.get_by_label("Adresse e-mail").fill(email)
        self.page.get_by_label("Mot de passe", exact=True).fill(password)
        self.page.get_by_role("button", name="Se connecter", exact=True).click()
        self.page.wait_for_url("**/t/**")
        # The sign-in page of the demo names the accounts of both companies, on purpose.
        self.shown.clear()

    def go(self, path: str, tenant: str = "tech4value") -> Page:
        """Open an address of the person's company; it must answer 200."""
        answer = self.page.goto(self.site.tenant_url(path, tenant))
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        return self.page

    def status(self, url: str) -> int:
        """What the address answers to this person."""
        return self.context.request.get(url, max_redirects=0).status

    def api(self, path: str, tenant: str = "tech4value") -> list[dict[str, Any]]:
        """All rows of a list of the API, as this person."""
        url: str | None = self.site.tenant_url(f"/api/v1{path}", tenant)
        rows: list[dict[str, Any]] = []
        while url:
            answer = self.context.request.get(url)
            assert answer.ok, f"{url}: {answer.status}"
            found = answer.json()
            rows += found["results"]
            url = found.get("next")
        return rows

    def download(self, trigger: Locator, folder: Path) -> Path:
        """Click, and keep the file that comes."""
        with self.page.expect_download() as coming:
            trigger.click()
        path = folder / coming.value.suggested_filename
        coming.value.save_as(path)
        return path

    def words(self, selector: str = "main") -> str:
        """The visible text, with plain spaces."""
        return plain(self.page.locator(selector).first.inner_text())

    def leave(self) -> None:
        self.context.close()

    def assert_never_shown(self, secrets: set[str]) -> None:
        """None of the texts was in anything that this person received."""
        assert self.shown, "nothing was recorded"
        assert self.unread == []
        leaks = {(url, secret) for url, text in self.shown for secret in secrets if secret in text}
        assert leaks == set()

    def _on_response(self, response: Response) -> None:
        kind = response.headers.get("content-type", "")
        if "/t/" not in response.url or not kind.startswith(("text/html", "application/json")):
            return
        if 300 <= response.status < 400 or response.status == 204:
            return
        try:
            self.shown.append((response.url, response.text()))
        except Error:
            # A page that was left before it was read; live answers and refreshes of a page that is gone.
            if response.request.resource_type == "document" and response.frame.page.url == response.url:
                self.unread.append(response.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        if "net::ERR" in message.text and "/live?" in message.location["url"]:
            return  # a connection that the server closed as it was taken again; the page asks again by itself
        refused = re.search(r"responded with a status of (\d+)", message.text)
        if refused and int(refused[1]) in self.expected:
            return
        where = ""
        with suppress(Error):
            where = message.page.url if message.page else ""
        self.troubles.append(f"{where}: {message.text} ({message.location['url']})")


def plain(text: str) -> str:
    """The text with one ordinary space wherever there is any."""
    return re.sub(r"\s+", " ", text).strip()
