"""What people do while parts of the product die, and what they were answered: nobody may rely on more than that."""

import random
import re
import threading
from dataclasses import dataclass, field
from typing import Any

import httpx

TENANT = "atelier"
# Saves answered with one of these are promised.
PROMISED = range(200, 400)


@dataclass
class Answers:
    """What was asked and what was answered. Titles are unique: they are the saves' identity."""

    created: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    # By risk: the last title that was promised, and those asked for since without an answer.
    titles: dict[str, str] = field(default_factory=dict)
    perhaps: dict[str, set[str]] = field(default_factory=dict)
    imports: list[str] = field(default_factory=list)
    packs: list[str] = field(default_factory=list)
    refused: int = 0


class Person:
    """Signed in with a browser's session."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self.base = f"{url}/t/{TENANT}"
        self.http = httpx.Client(timeout=30, follow_redirects=False)
        page = self.http.get(f"{url}/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.status_code
        signed = self.http.post(
            f"{url}/accounts/login/",
            data={"login": email, "password": password, "csrfmiddlewaretoken": token[1]},
            headers={"Referer": f"{url}/accounts/login/"},
        )
        assert signed.status_code == 302, signed.status_code

    def send(self, method: str, path: str, **content: Any) -> httpx.Response | None:
        """The answer; None when there was none, or when it says that the product could not answer."""
        headers = {"X-CSRFToken": self.http.cookies.get("csrftoken", ""), **content.pop("headers", {})}
        try:
            answer = self.http.request(method, self.base + path, headers=headers, **content)
        except httpx.HTTPError:
            return None
        return None if answer.status_code >= 500 else answer


class Saver(threading.Thread):
    """Creates risks through the API and the form, renames them, until told to stop."""

    def __init__(self, person: Person, project: str, name: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.person, self.project, self.prefix = person, project, name
        self.random, self.stopped, self.answers = random.Random(seed), threading.Event(), Answers()
        self.versions: dict[str, int] = {}
        self.failure: Exception | None = None

    def run(self) -> None:
        number = 0
        try:
            while not self.stopped.is_set():
                number += 1
                choice = self.random.random()
                if choice < 0.4 or not self.versions:
                    self._create(f"{self.prefix}-{number}")
                elif choice < 0.6:
                    self._create_by_form(f"{self.prefix}-{number}")
                else:
                    self._rename(f"{self.prefix}-{number}")
        except (AssertionError, LookupError, ValueError) as error:  # raised again by the main thread
            self.failure = error

    def _create(self, title: str) -> None:
        row = {"project": self.project, "title": title, "probability": 2, "impact": 3}
        answer = self.person.send("POST", "/api/v1/risks/", json=row)
        if answer is None:
            self._wait(title)
            return
        assert answer.status_code == 201, (answer.status_code, answer.text[:500])
        made = answer.json()
        self.answers.created.add(title)
        self.answers.titles[made["id"]] = title
        self.versions[made["id"]] = made["version"]

    def _create_by_form(self, title: str) -> None:
        path = f"/risks/projects/{self.project}/new/"
        form = {"title": title, "probability": "4", "impact": "2", "status": "open"}
        answer = self.person.send("POST", path, data=form, headers={"Referer": self.person.base + path})
        if answer is None:
            self._wait(title)
            return
        assert answer.status_code in (302, 303), (answer.status_code, answer.text[-3000:])
        self.answers.created.add(title)

    def _rename(self, title: str) -> None:
        key = self.random.choice(sorted(self.versions))
        path = f"/api/v1/risks/{key}/"
        answer = self.person.send("PATCH", path, json={"title": title, "version": self.versions[key]})
        if answer is None:
            # It may have been saved all the same; its version is not known any more.
            self.answers.perhaps.setdefault(key, set()).add(title)
            del self.versions[key]
            self.stopped.wait(0.2)
            return
        assert answer.status_code == 200, (answer.status_code, answer.text[:500])
        self.answers.titles[key] = title
        self.versions[key] = answer.json()["version"]

    def _wait(self, title: str) -> None:
        self.answers.unanswered.add(title)
        self.stopped.wait(0.2)


def start_import(person: Person, content: bytes, answers: Answers) -> None:
    """Bring a workbook and run it; noted when the run was promised."""
    brought = person.send("POST", "/api/v1/imports/", data={"kind": "workbook"}, files={"file": ("p.xlsx", content)})
    if brought is None:
        return
    assert brought.status_code == 201, (brought.status_code, brought.text[:500])
    row = brought.json()
    assert row["preview"]["ok"], row["problems"][:3]
    answer = person.send("POST", f"/api/v1/imports/{row['id']}/run/", json={})
    if answer is not None:
        assert answer.status_code == 202, (answer.status_code, answer.text[:500])
        answers.imports.append(row["id"])


def start_pack(person: Person, answers: Answers) -> None:
    """Ask for a Copil pack; noted when it was promised."""
    answer = person.send("POST", "/api/v1/packs/", json={"title": "Comité"})
    if answer is not None:
        assert answer.status_code in (201, 202), (answer.status_code, answer.text[:500])
        answers.packs.append(answer.json()["id"])
