"""The kinds of messages. Rooms declare theirs in `AppConfig.ready`, in a module `messages`:

    register(Kind("risk.critical", _("Risque devenu critique"), Area.RISKS, ("risk.updated",), tell, sentence, …))

`tell` is given a run of the journal's events and returns what is to be told of them, to whom; in a bounded number of
statements whatever the number of events, since an import makes thousands.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditEvent
from tech4value.figures import formats


class Area(StrEnum):
    """What a kind is filed under in the preferences."""

    PROJECTS = "projects"
    PLANS = "plans"
    RISKS = "risks"
    TIME = "time"
    MONEY = "money"
    DOCUMENTS = "documents"
    ACCOUNT = "account"


AREA_LABELS: dict[Area, Promise] = {
    Area.PROJECTS: _("Projets et jalons"),
    Area.PLANS: _("Plans et tâches"),
    Area.RISKS: _("Risques"),
    Area.TIME: _("Temps"),
    Area.MONEY: _("Budget"),
    Area.DOCUMENTS: _("Dossiers et imports"),
    Area.ACCOUNT: _("Organisation et compte"),
}


class Reason(StrEnum):
    """Why somebody is told: said on every message."""

    MENTION = "mention"
    ASSIGNEE = "assignee"
    OWNER = "owner"
    MANAGER = "manager"
    SPONSOR = "sponsor"
    TEAM = "team"
    STEERING = "steering"
    CASH = "cash"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    DECIDER = "decider"
    FOLLOWER = "follower"
    REQUESTER = "requester"
    READER = "reader"
    ADMINISTRATOR = "administrator"
    ACCOUNT = "account"
    CHANNEL = "channel"


REASONS: dict[Reason, Promise] = {
    Reason.MENTION: _("parce que l’on vous y mentionne"),
    Reason.ASSIGNEE: _("parce que vous êtes affecté à cette tâche"),
    Reason.OWNER: _("parce que vous en êtes responsable"),
    Reason.MANAGER: _("parce que vous êtes chef de ce projet"),
    Reason.SPONSOR: _("parce que vous êtes sponsor de ce projet"),
    Reason.TEAM: _("parce que vous êtes dans l’équipe de ce projet"),
    Reason.STEERING: _("parce que vous suivez les dérives du portefeuille"),
    Reason.CASH: _("parce que vous suivez la trésorerie"),
    Reason.REVIEWER: _("parce que vous approuvez ses temps"),
    Reason.APPROVER: _("parce que vous approuvez les budgets"),
    Reason.DECIDER: _("parce que vous approuvez les scénarios"),
    Reason.FOLLOWER: _("parce que vous suivez ce projet"),
    Reason.REQUESTER: _("parce que vous l’avez demandé"),
    Reason.READER: _("parce que vous lisez les dossiers de Copil"),
    Reason.ADMINISTRATOR: _("parce que vous êtes administrateur"),
    Reason.ACCOUNT: _("parce qu’il s’agit de votre compte"),
    Reason.CHANNEL: _("parce que ce canal suit l’organisation ou le projet"),
}


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody to be told, and why. Of several reasons, the first counts."""

    member_id: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class Told:
    """What a kind makes of one event. `facts` is JSON, language-neutral: names, ISO dates, codes, amounts.

    `permission`: what one must hold (on the project, when there is one) to be told, the kind's own unless given.
    """

    event: AuditEvent
    to: tuple[Concerned, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    project_id: UUID | None = None
    project_name: str = ""
    permission: Permission | None = None


def counted(number: int) -> str:
    """A number as a sentence says it, in the language in force: `10 000`."""
    return formats.number(number, get_language() or settings.LANGUAGE_CODE)


class Message(Protocol):
    """What a sentence is made from: a Notification. `counted` is `count` as it is said."""

    count: int
    actor_label: str
    facts: dict[str, Any]
    project_id: UUID | None
    project_name: str
    projects: list[str]

    @property
    def counted(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """`verbs` are the journal's, with * for any part. `sentence` is made in the language in force, without the name
    of the project, which is shown beside it; `address` is where it leads.

    `important`: told to those who want the important only. `own`: told even to who did it (the end of a long job).
    `followed`: told to who follows the project. `app`, `email`, `teams`: channels until somebody chooses others.
    """

    key: str
    label: str | Promise
    area: Area
    verbs: tuple[str, ...]
    tell: Callable[[Sequence[AuditEvent]], Iterable[Told]]
    sentence: Callable[[Message], str]
    address: Callable[[Message], str]
    permission: Permission = Permission.SELF
    important: bool = False
    own: bool = False
    followed: bool = False
    app: bool = True
    email: bool = False
    teams: bool = False
    icon: str = "bell"
    order: int = 100

    def hears(self, verb: str) -> bool:
        """Whether events of this verb are for this kind."""
        return any(fnmatchcase(verb, pattern) for pattern in self.verbs)


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Declare kinds; the same key registered twice is there once."""
    for kind in kinds:
        _kinds[kind.key] = kind


def all_kinds() -> list[Kind]:
    """Every kind, in the order of preference: of an event told twice to somebody, the first counts."""
    return sorted(_kinds.values(), key=lambda kind: (kind.order, list(Area).index(kind.area), kind.key))


def kind_of(key: str) -> Kind | None:
    """The kind, None for one that this version no longer has."""
    return _kinds.get(key)


class Directory(Protocol):
    """What messages need to know of projects, whose room stands above."""

    def visible(self, member: Membership, permission: Permission) -> Any:
        """The keys of the projects on which `member` holds `permission`, as a query."""

    def names(self, member: Membership) -> dict[UUID, str]:
        """The projects that `member` may see, by name."""

    def may_configure(self, member: Membership, project_id: UUID) -> bool:
        """Whether `member` may say where a project's messages are posted."""


_directory: list[Directory] = []


def register_directory(directory: Directory) -> None:
    """Called once, by the room of projects."""
    _directory[:] = [directory]


def directory() -> Directory:
    """The projects. Raises LookupError when no room has said."""
    if not _directory:
        raise LookupError("no room has registered the projects")
    return _directory[0]


Sweep = Callable[[date, date], None]
_sweeps: list[Sweep] = []


def register_sweep(sweep: Sweep) -> None:
    """`sweep(since, today)`: write to the journal what was due on the days `since` <= day < `today`, and is late."""
    if sweep not in _sweeps:
        _sweeps.append(sweep)


def sweeps() -> tuple[Sweep, ...]:
    return tuple(_sweeps)
