"""What rooms above add to the screens of projects, registered in their `AppConfig.ready`:

register_starts(read)              ways to begin a project other than from nothing, offered when one is created
register_fact("template", read)    a line of the summary's landmarks
register_project_actions("template", read)   links beside the summary's buttons
register_notice(read)              a sentence at the head of every page of the project
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portfolio.projects.models import Project
from tech4value.accounts.models import Membership


@dataclass(frozen=True, slots=True)
class Start:
    """A way to begin a project: its name, one line about it, where it is done."""

    label: str
    detail: str
    url: str
    icon: str = "document-duplicate"


@dataclass(frozen=True, slots=True)
class Fact:
    """A term and its value; `url` leads to more, empty for nothing."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ProjectAction:
    """A link to what may be done with the project; it opens in the side panel."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that whoever opens the project should read, and where it leads. `tone`: info, good, warning, bad."""

    tone: str
    text: str
    url: str
    link: str


ReadStarts = Callable[[Membership], Sequence[Start]]
ReadFact = Callable[[Membership, Project], Fact | None]
ReadActions = Callable[[Membership, Project], Sequence[ProjectAction]]
ReadNotice = Callable[[Membership, Project], Notice | None]
_starts: list[ReadStarts] = []
_facts: dict[str, ReadFact] = {}
_actions: dict[str, ReadActions] = {}
_notices: list[ReadNotice] = []


def register_starts(read: ReadStarts) -> None:
    """Add ways to begin; the same function registered twice is there once."""
    if read not in _starts:
        _starts.append(read)


def register_fact(key: str, read: ReadFact) -> None:
    """Add a landmark of the summary; `read` gives None to leave it out."""
    _facts[key] = read


def register_project_actions(key: str, read: ReadActions) -> None:
    """Add links to the summary."""
    _actions[key] = read


def register_notice(read: ReadNotice) -> None:
    """Add a sentence; `read` gives None to leave it out, in one statement: every page of the project asks."""
    if read not in _notices:
        _notices.append(read)


def starts_for(member: Membership) -> list[Start]:
    """Every way to begin that `member` may take."""
    return [start for read in _starts for start in read(member)]


def facts_of(member: Membership, project: Project) -> list[Fact]:
    """The landmarks that rooms above know."""
    found = (read(member, project) for read in _facts.values())
    return [fact for fact in found if fact is not None]


def actions_of(member: Membership, project: Project) -> list[ProjectAction]:
    """What rooms above offer to do with the project."""
    return [action for read in _actions.values() for action in read(member, project)]


def notices_of(member: Membership, project: Project) -> list[Notice]:
    """What rooms above have to say of the project."""
    found = (read(member, project) for read in _notices)
    return [notice for notice in found if notice is not None]
