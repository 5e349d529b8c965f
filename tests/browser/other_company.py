"""What the other company has, as its own administrator reads it."""

from collections.abc import Callable

from tests.browser.visitor import Visitor

OTHER = "connect-plus"
OTHER_ADMINISTRATOR = "rozenn.lebihan@connect-plus.example"


def secrets_of(visit: Callable[[str], Visitor]) -> set[str]:
    """Names, addresses and keys that nobody of Tech4Value may ever be shown."""
    other = visit(OTHER_ADMINISTRATOR)
    projects, people = other.api("/projects/", OTHER), other.api("/people/", OTHER)
    risks, milestones = other.api("/risks/", OTHER), other.api("/milestones/", OTHER)
    other.leave()
    assert len(projects) >= 2 and len(people) >= 5
    found = {row["id"] for row in (*projects, *people, *risks, *milestones)}
    found |= {row["name"] for row in (*projects, *people)}
    found |= {row["email"] for row in people if row["email"]}
    return found | {"connect-plus", "Connect Plus"}


def addresses_of(visit: Callable[[str], Visitor]) -> list[str]:
    """Paths within a company that lead to the other one's rows."""
    other = visit(OTHER_ADMINISTRATOR)
    project = other.api("/projects/", OTHER)[0]["id"]
    person, risk = other.api("/people/", OTHER)[0]["id"], other.api("/risks/", OTHER)[0]["id"]
    milestone = other.api("/milestones/", OTHER)[0]["id"]
    other.leave()
    return [
        f"/projects/{project}/",
        f"/projects/{project}/milestones/",
        f"/projects/milestones/{milestone}/edit/",
        f"/plans/project/{project}/",
        f"/budget/projects/{project}/",
        f"/risks/projects/{project}/",
        f"/risks/{risk}/",
        f"/people/{person}/",
        f"/api/v1/projects/{project}/",
        f"/api/v1/milestones/{milestone}/",
    ]
