"""What happened to the projects: each fact through its action, dated when it was known."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle

from demo.importing import import_budget
from demo.money import Money, Place, committed_amount, money
from demo.organisation import Company
from demo.staffing import Share
from demo.story import Anchor, ProjectStory
from portfolio.finance.actions import BudgetEntry, set_budget_lines
from portfolio.finance.domain.budget import MEASURES
from portfolio.people.models import Person
from portfolio.projects.actions import (
    add_project_members,
    change_milestone,
    change_project,
    create_milestones,
    publish_status,
    reach_milestone,
)
from portfolio.projects.models import Phase, Project, ProjectRole
from portfolio.risks.actions import change_risk, create_risk
from tech4value.audit.actor import Actor

THURSDAY, FRIDAY = 3, 4
# How a fortnightly report says that nothing changed since the last one.
STILL = {
    "sunny": (
        "Le rythme est tenu ; aucun point à porter au comité.",
        "Avancement conforme au plan, prochaines livraisons confirmées.",
        "Rien à signaler : les engagements de la quinzaine sont tenus.",
    ),
    "cloudy": (
        "Les points de vigilance du dernier comité restent suivis ; pas d’écart nouveau.",
        "La quinzaine est tenue, sans marge ; les actions engagées se poursuivent.",
        "Situation stable : les arbitrages demandés sont en cours.",
    ),
    "rainy": (
        "Le retard est contenu, mais pas encore rattrapé ; les actions correctives sont lancées.",
        "Situation inchangée : la décision attendue conditionne la suite.",
    ),
    "stormy": ("Le retard se confirme ; le plan de redressement est présenté au prochain comité.",),
}


def load_project_history(company: Company, story: ProjectStory, anchor: Anchor, staff: Sequence[Share]) -> None:
    """Team, milestones, phases and risks of one project."""
    project = company.projects[story.code]
    actor = company.actor(story.manager)
    team = _team(company, story, staff)
    add_project_members(
        actor=actor.on(project.starts_on),
        values=[
            {
                "project": project,
                "person": person,
                "role": ProjectRole.MANAGER if person.name == story.manager else ProjectRole.CONTRIBUTOR,
            }
            for person in team
        ],
    )
    _milestones(actor, story, project, anchor, team)
    _phases(actor, story, project, anchor)
    _risks(actor, story, project, anchor, team)


def _team(company: Company, story: ProjectStory, staff: Sequence[Share]) -> list[Person]:
    """The manager first, then those who work on the project."""
    others = (company.people[share.member.email] for share in staff)
    return list({person.pk: person for person in (company.named[story.manager], *others)}.values())


def _milestones(actor: Actor, story: ProjectStory, project: Project, anchor: Anchor, team: Sequence[Person]) -> None:
    owners = cycle(team[:4])
    rows = create_milestones(
        actor=actor.on(project.starts_on),
        values=[
            {
                "project": project,
                "name": promise.name,
                "due_on": anchor.promised(promise.baseline),
                "success_criterion": promise.criterion,
                "owner": next(owners),
            }
            for promise in story.milestones
        ],
    )
    for promise, row in zip(story.milestones, rows, strict=True):
        for known, due in promise.moves:
            change_milestone(
                actor=actor.on(anchor.past_week(known, FRIDAY)),
                milestone=row,
                values={"due_on": anchor.promised(due)},
            )
        if promise.met:
            day = min(anchor.promised(promise.due), anchor.day)
            reach_milestone(actor=actor.on(day), milestone=row, on=day)


def _phases(actor: Actor, story: ProjectStory, project: Project, anchor: Anchor) -> None:
    framed = anchor.past_week(story.phases[0].end, FRIDAY)
    change_project(actor=actor.on(framed), project=project, values={"phase": Phase.DELIVERY})
    ends_on = anchor.week(story.ends, FRIDAY)
    known = min((one for promise in story.milestones for one, _due in promise.moves[-1:]), default=-4)
    change_project(
        actor=actor.on(anchor.past_week(known, FRIDAY)),
        project=project,
        values={"phase": story.phase, "ends_on": ends_on},
    )


def _risks(actor: Actor, story: ProjectStory, project: Project, anchor: Anchor, team: Sequence[Person]) -> None:
    owners = cycle(team[:5])
    for risk in story.risks:
        row = create_risk(
            actor=actor.on(anchor.past_week(risk.since)),
            project=project,
            title=risk.title,
            probability=risk.probability,
            impact=risk.impact,
            owner=next(owners),
            due_on=anchor.week(risk.due, FRIDAY),
            mitigation=risk.mitigation,
        )
        for week, values in risk.changes:
            change_risk(actor=actor.on(anchor.past_week(week)), risk=row, values=values)
        if risk.status != row.status:
            change_risk(actor=actor.on(anchor.past_week(-2)), risk=row, values={"status": risk.status})


def load_reports(company: Company, story: ProjectStory, anchor: Anchor) -> None:
    """One report a fortnight; the last one is of last week."""
    project, actor = company.projects[story.code], company.actor(story.manager)
    said = None
    rest = {weather: cycle(sentences) for weather, sentences in STILL.items()}
    first = story.starts + 2 - (story.starts + 1) % 2
    for week in range(first, 0, 2):
        now = [report for report in story.reports if report.week <= week][-1]
        day = anchor.past_week(week, THURSDAY)
        publish_status(
            actor=actor.on(day),
            project=project,
            reported_on=day,
            weather=now.weather,
            trend=now.trend,
            comment=next(rest[now.weather]) if now is said else now.comment,
        )
        said = now


# --- money


def load_budgets(company: Company, anchor: Anchor) -> None:
    """The budgets as they were agreed, each month as it was closed, and the two revisions of the forecast."""
    budgets = {story.code: money(story, anchor) for story in company.story.projects}
    actor = company.actor(company.story.controller)
    agreed = anchor.week(min(story.starts for story in company.story.projects))
    _set(company, actor.on(agreed), {
        code: {place: {"planned": amount, "forecast": amount} for place, amount in one.planned.items()}
        for code, one in budgets.items()
    }, anchor)  # fmt: skip
    first = min(place[2] for one in budgets.values() for place in one.planned)
    for number in range(first, 0):
        if number == -2:
            _set(company, actor.on(_closing(anchor, -2)), {c: _revised(one) for c, one in budgets.items()}, anchor)
        _set(company, actor.on(_closing(anchor, number)), {
            code: {
                place: {"actual": amount, "committed": amount, "forecast": amount}
                for place, amount in one.actual.items()
                if place[2] == number
            }
            for code, one in budgets.items()
        }, anchor)  # fmt: skip
    _set(
        company,
        actor.on(anchor.day - timedelta(days=9)),
        {story.code: _as_of_today(budgets[story.code]) for story in company.story.projects if not story.by_files},
        anchor,
    )
    for story in company.story.projects:
        if story.by_files:
            import_budget(company, story, anchor, budgets[story.code])


def _closing(anchor: Anchor, number: int) -> date:
    """A month is closed on the fifth of the next one."""
    return min(anchor.month(number + 1).replace(day=5), anchor.day)


Amounts = Mapping[Place, Mapping[str, Decimal]]


def _revised(one: Money) -> Amounts:
    """Two months ago the forecast saw half of what it sees now, and fewer contracts were signed."""
    return {
        place: {
            "forecast": ((one.planned[place] + amount) / 2).quantize(Decimal(1)),
            "committed": committed_amount((place[0], place[1], place[2] + 2), amount),
        }
        for place, amount in one.forecast.items()
        if place in one.planned and place[2] >= -1
    }


def _as_of_today(one: Money) -> Amounts:
    """This month and the next ones."""
    measures = {name: getattr(one, name) for name in MEASURES}
    return {
        place: {name: amounts[place] for name, amounts in measures.items() if place in amounts}
        for place in one.places
        if place[2] >= 0
    }


def _set(company: Company, actor: Actor, amounts: Mapping[str, Amounts], anchor: Anchor) -> None:
    set_budget_lines(
        actor=actor,
        project_lines={
            company.projects[code]: [
                BudgetEntry(category, nature, anchor.month(number), **values)
                for (category, nature, number), values in lines.items()
            ]
            for code, lines in amounts.items()
        },
    )
