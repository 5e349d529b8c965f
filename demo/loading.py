"""Loads a company's story through the actions that its people would use, each on its own date."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import translation

from demo.benefits import load_benefits
from demo.cast import Member, cast
from demo.commitments import load_commitments
from demo.envelopes import load_envelopes
from demo.history import load_budgets, load_project_history, load_reports
from demo.importing import import_plan
from demo.mspdi_file import plan_file
from demo.optimisation import load_study
from demo.organisation import Company, load_organisation
from demo.planning import Plan, assignments, balance, jobs, plan
from demo.resources import load_bookings, load_skills
from demo.scenarios import load_scenarios
from demo.staffing import Share, shares
from demo.story import Anchor, CompanyStory, ProjectStory
from demo.tailoring import tailor
from demo.timesheets import load_time
from demo.treasury import load_cash
from demo.uncertainty import load_uncertainty
from portfolio.people.queries import capacities, personal_calendars, working_calendar
from portfolio.planning.actions import PlannedAssignment, change_task, link_tasks, replace_plan, reschedule
from portfolio.planning.models import Task, TaskKind
from portfolio.projects.models import Milestone
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant

Progress = Callable[[str], None]
FRIDAY = 4
# What a week of work adds to a task, short of its end.
STEP, LARGEST_PROGRESS = Decimal("0.02"), Decimal("0.97")


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
        progress(f"{project.name} : jalons et risques")
        load_project_history(company, project, anchor, [share for share in staff if share.project == project.code])
    progress("budgets et clôtures mensuelles")
    load_budgets(company, anchor)
    progress("plannings et affectations")
    _load_plans(company, anchor, members, staff)
    progress("compétences")
    load_skills(company)
    progress("temps passés")
    load_time(company, anchor)
    progress("trésorerie")
    load_cash(company, anchor)
    progress("bénéfices")
    load_benefits(company, anchor)
    progress("budgets partagés")
    load_envelopes(company, anchor)
    progress("versions des budgets et commandes")
    load_commitments(company, anchor)
    progress("estimations et simulations")
    load_uncertainty(company)
    progress("idées et étude de l’an prochain")
    load_study(company, anchor)
    progress("scénarios")
    load_scenarios(company, anchor)
    progress("champs, modèle et vues de l’organisation")
    tailor(company, anchor)
    progress("allocations et demandes de ressources")
    load_bookings(company, anchor)
    # Last, so that what a project says of itself comes first among its recent changes.
    progress("points d’avancement")
    for project in story.projects:
        load_reports(company, project, anchor)


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
    wanted = {pole.code: Decimal(pole.load_percent) / 100 * capacity[pole.code] for pole in story.poles}
    balance(found, staff, wanted, month, calendars)
    for project in story.projects:
        made = plans[project.code]
        people = assignments(found, project.code, made)
        if project.by_files:
            import_plan(company, project, plan_file(project.name, made, people, calendar, anchor))
        else:
            _write_plan(company, project, made, people)
        _join_milestones(company, project, made)
        _tell_progress(company, project, anchor)
    _tie_projects(company)


def _tie_projects(company: Company) -> None:
    """The tasks that wait for those of other projects: each project's manager has tied its own."""
    managers = {project.code: project.manager for project in company.story.projects}
    for before, one, after, other in company.story.across:
        link_tasks(
            actor=company.actor(managers[after]),
            predecessor=Task.objects.select_related("project").get(project__code=before, name=one),
            successor=Task.objects.select_related("project").get(project__code=after, name=other),
        )


def _write_plan(company: Company, project: ProjectStory, made: Plan, people: list[PlannedAssignment]) -> None:
    row = company.projects[project.code]
    replace_plan(
        actor=company.actor(project.manager).on(row.starts_on),
        project=row,
        tasks=made.tasks,
        links=made.links,
        assignments=people,
        baseline=made.baseline(row.starts_on),
        keep_dates=False,
    )


def _tell_progress(company: Company, project: ProjectStory, anchor: Anchor) -> None:
    """Last Friday every team told a little progress, but one in each project that is slow: it has gone silent."""
    row = company.projects[project.code]
    actor = company.actor(project.manager).on(anchor.past_week(-1, FRIDAY))
    begun = Task.objects.filter(project=row, kind=TaskKind.TASK, percent_complete__gt=0, percent_complete__lt=1)
    tasks = list(begun.order_by("position"))
    for task in tasks[1:] if Decimal(project.pace) < 1 else tasks:
        told = min(task.percent_complete + STEP, LARGEST_PROGRESS)
        change_task(actor=actor, task=task, values={"percent_complete": told}, schedule=False)
    reschedule(actor=actor, project=row, keep_dates=True)


def _join_milestones(company: Company, project: ProjectStory, made: Plan) -> None:
    """Each promise and the task that stands for it in the plan."""
    row = company.projects[project.code]
    actor = company.actor(project.manager).on(row.starts_on)
    promises = {milestone.name: milestone for milestone in Milestone.objects.filter(project=row)}
    for task in Task.objects.filter(project=row, kind=TaskKind.MILESTONE, name__in=list(made.milestones)):
        change_task(actor=actor, task=task, values={"milestone": promises[task.name]}, schedule=False)
