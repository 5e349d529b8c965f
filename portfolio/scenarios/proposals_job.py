"""The proposals for an overload in large plans: sought by a job, and kept with it.

What is kept are operations and reasons: their effects are worked out on the plan of the moment by whoever reads them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.operations import from_json, to_json
from portfolio.scenarios.domain.proposals import Nature, Proposal, Why
from portfolio.scenarios.proposals import Answer, Overload, Subject, answer, overload_of, size_of
from tech4value.accounts.models import Membership
from tech4value.jobs.actions import start_job
from tech4value.jobs.models import Job, JobState
from tech4value.jobs.registry import JobError, RunningJob, job

JOB: Final = "scenarios.proposals"
MOST_AT_ONCE: Final = 1_500
"""Tasks of the plans behind an overload; of more, the search is a job's."""


@dataclass(frozen=True)
class Looked:
    """The proposals as they are now. Of a `large` plan, those of the last `search`; `answer` is None until it is
    done."""

    large: bool
    search: Job | None
    answer: Answer | None


def look(member: Membership, overload: Overload) -> Looked:
    """The proposals as they are now, sought at once unless the plans behind them are large."""
    if size_of(overload) <= MOST_AT_ONCE:
        return Looked(False, None, answer(member, overload))
    search = search_of(member, overload)
    known = proposals_of(search)
    return Looked(True, search, None if known is None else answer(member, overload, known=known))


def search_of(member: Membership, overload: Overload) -> Job | None:
    """The last search that this member started for this overload."""
    rows = Job.objects.filter(kind=JOB, started_by=member, params__key=str(overload.row.pk))
    return rows.filter(params__subject=overload.subject.value, params__period=overload.period).first()


def start_search(member: Membership, overload: Overload) -> Job:
    """The job that looks for the proposals; the one that is already at it, if any."""
    known = search_of(member, overload)
    if known is not None and not known.is_over:
        return known
    return start_job(
        kind=JOB,
        label=_("Propositions pour %(name)s") % {"name": overload.name},
        member=member,
        params={
            "subject": overload.subject.value,
            "key": str(overload.row.pk),
            "period": overload.period,
        },
    )


@job(JOB)
def _search(running: RunningJob) -> None:
    if running.member is None:
        raise JobError(_("Ce compte n’est plus membre : la recherche n’a plus de lecteur."))
    params = running.params
    try:
        overload = overload_of(Subject(params["subject"]), UUID(params["key"]), params["period"])
    except Http404 as error:
        raise JobError(_("Cette personne, ce pôle ou cette compétence n’existe plus.")) from error

    def told(done: int, total: int) -> None:
        running.progress(done, total, _("Recherche des propositions"))

    found = answer(running.member, overload, told)
    running.result = {"proposals": [_kept(way.proposal) for way in found.ways]}
    running.progress(len(found.ways), len(found.ways))


def proposals_of(row: Job | None) -> tuple[Proposal, ...] | None:
    """What a search that is done has found; None for one that is not, or of a version that wrote otherwise."""
    if row is None or row.state != JobState.DONE:
        return None
    try:
        return tuple(_read(one) for one in row.result["proposals"])
    except (KeyError, ValueError, TypeError, ScenarioError):
        return None


def _kept(one: Proposal) -> dict[str, Any]:
    return {
        "nature": one.nature.value,
        "operations": [[made.kind, to_json(made)] for made in one.operations],
        "why": one.why.value if one.why is not None else "",
        "facts": {name: _plain(value) for name, value in one.facts.items()},
    }


def _read(row: Mapping[str, Any]) -> Proposal:
    return Proposal(
        Nature(row["nature"]),
        tuple(from_json(kind, params) for kind, params in row["operations"]),
        Why(row["why"]) if row["why"] else None,
        {name: _fact(value) for name, value in row["facts"].items()},
    )


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _fact(value: Any) -> object:
    if isinstance(value, dict):
        return Decimal(value["decimal"]) if "decimal" in value else date.fromisoformat(value["date"])
    return tuple(value) if isinstance(value, list) else value
