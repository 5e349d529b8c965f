"""Loads a company's story through the actions that its people would use, each on its own date."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import translation

from demo.cast import Member, cast
from demo.history import load_budgets, load_project_history
from demo.organisation import Company, load_organisation
from demo.planning import assignments, balance, jobs, plan
from demo.staffing import Share, shares
from demo.story import Anchor, CompanyStory
from portfolio.people.queries import capacities, personal_calendars, working_calendar
from portfolio.planning.actions import change_task, replace_plan
from portfolio.planning.models import Task
from portfolio.projects.models import Milestone
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant

Progress = Callable[[str], None]


def load_company(story: CompanyStory, *, password: str, day: date | None = None, progress: Progress) -> Tenant:
    """Make the tenant and all that is in it, in one transaction: killed at any moment, it leaves nothing."""
    with translation.override("fr"), transaction.atomic():
        tenant = Tenant.objects.create(slug=story.slug, name=story.name)
        with tenant_context(tenant):
            _load(story, Anchor(day or today(tenant)), make_password(password), progress)
            progress("sommes du portefeuille et de la charge")
    return tenant


def _load(story: CompanyStory, anchor: Anchor, hashed: str, progress: Progress) -> None:
    members = cast(story)
    progress(f"{len(members)} comptes, {len(story.poles)} pôles")
    company = load_organisation(story, members, anchor, hashed)
    staff = shares(story, members)
    for project in story.projects:
        progress(f"{project.name} : jalons, risques et points d’avancement")
        load_project_history(company, project, anchor, [share for share in staff if share.project == project.code])
    progress("budgets et clôtures mensuelles")
    load_budgets(company, anchor)
    progress("plannings et affectations")
    _load_plans(company, anchor, members, staff)


def _load_plans(company: Company, anchor: Anchor, members: list[Member], staff: list[Share]) -> None:
    story, calendar = company.story, working_calendar(None)
    plans = {project.code: plan(project, anchor, calendar) for project in story.projects}
    persons = list(company.people.values())
    first = min(project.starts for project in story.projects)
    last = max(project.ends for project in story.projects)
    calendars = personal_calendars(persons, anchor.week(first - 1), anchor.week(last + 2))
    found = jobs(plans, staff, company.people, calendars)
    month = anchor.month(0)
    minutes = capacities(persons, [(month, anchor.month(1) - timedelta(days=1))])
    capacity: dict[str, int] = {}
    for member in members:
        if member.email in company.people:
            person = company.people[member.email]
            capacity[member.pole] = capacity.get(member.pole, 0) + minutes[person.pk][0]
    wanted = {pole.code: Decimal(pole.load_percent) / 100 for pole in story.poles}
    balance(found, wanted, capacity, month, calendars)
    for project in story.projects:
        row, made = company.projects[project.code], plans[project.code]
        actor = company.actor(project.manager).on(row.starts_on)
        written = replace_plan(
            actor=actor,
            project=row,
            tasks=made.tasks,
            links=made.links,
            assignments=assignments(found, project.code, made),
            baseline=made.baseline(row.starts_on),
            keep_dates=False,
        )
        promises = {milestone.name: milestone for milestone in Milestone.objects.filter(project=row)}
        tasks = Task.objects.in_bulk([written.task_ids[uid] for uid in made.milestones.values()])
        for name, uid in made.milestones.items():
            task = tasks[written.task_ids[uid]]
            change_task(actor=actor, task=task, values={"milestone": promises[name]}, schedule=False)
