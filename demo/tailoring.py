"""What a company makes of the product for itself: fields, views, a template and a project made from it, a channel."""

from datetime import timedelta

from demo.importing import import_table
from demo.organisation import Company
from demo.story import Anchor, FieldStory, FromTemplateStory
from portfolio.governance.actions import adopt_template
from portfolio.governance.creation import create_project_from_template
from portfolio.planning.actions import change_task
from portfolio.planning.models import Task
from portfolio.projects.models import Phase
from tech4value.accounts.models import Membership
from tech4value.audit.writing import create
from tech4value.fields.actions import create_field
from tech4value.fields.models import FieldDefinition
from tech4value.fields.values import read_value
from tech4value.notifications.models import TeamsWebhook
from tech4value.tables.actions import save_view

BEFORE = timedelta(weeks=3)
"""How long ago the project was decided that is about to begin."""


def tailor(company: Company, anchor: Anchor) -> None:
    """Everything of a company's story that is its own way of using the product."""
    story = company.story
    if story.from_template is not None:
        _project(company, story.from_template, anchor)
    fields = [(told, _field(company, told)) for told in story.fields]
    _project_values(company, [told for told in story.fields if told.target == "project"])
    for told, field in fields:
        if told.target == "task":
            _task_values(company, told, field)
    for view in story.views:
        owner = company.member(view.owner)
        save_view(
            actor=owner.actor,
            owner=owner,
            table=view.table,
            name=view.name,
            query=view.query,
            is_shared=True,
            is_default=False,
        )
    if story.channel:
        _channel(company, story.channel)


def _administrator(company: Company) -> Membership:
    return company.member(company.story.administrator)


def _project(company: Company, story: FromTemplateStory, anchor: Anchor) -> None:
    decided = anchor.day - BEFORE
    template = adopt_template(actor=company.actor(company.story.controller).on(decided), key=story.template)
    made = create_project_from_template(
        actor=company.actor(story.manager).on(decided),
        template=template,
        code=story.code,
        name=story.name,
        goal=story.goal,
        pole=company.poles[story.pole],
        programme=company.programmes[story.programme],
        sponsor=company.named[story.sponsor],
        manager=company.named[story.manager],
        phase=Phase.FRAMING,
        starts_on=anchor.week(story.starts),
        staff={role: company.named[name] for role, name in story.staff.items()},
    )
    company.projects[story.code] = made.project


def _field(company: Company, story: FieldStory) -> FieldDefinition:
    return create_field(
        actor=_administrator(company).actor,
        target_key=story.target,
        label=story.label,
        label_en=story.label_en,
        kind=story.kind,
        options=[{"label": label, "label_en": label_en} for label, label_en in story.options],
        in_packs=story.in_packs,
    )


def _project_values(company: Company, fields: list[FieldStory]) -> None:
    """The values as the controller keeps them: a table of her own."""
    if not fields:
        return
    codes = list(company.projects)
    lines = [["Code projet", *(field.label for field in fields)]]
    lines += [[code, *(field.values.get(code, "") for field in fields)] for code in codes]
    import_table(company, company.story.controller, "axes-et-gains.csv", lines, remember_as="Axes et gains")


def _task_values(company: Company, story: FieldStory, field: FieldDefinition) -> None:
    actor = company.actor(company.story.controller)
    for (code, name), text in story.values.items():
        task = Task.objects.get(project=company.projects[code], name=name)
        values = {"custom_fields": {field.key: read_value(field, text)}}
        change_task(actor=actor, task=task, values=values, schedule=False)


def _channel(company: Company, name: str) -> None:
    """Paused, and written as a row: the action would look its host's name up, and a demo asks nothing of the net."""
    row = TeamsWebhook(name=name, only_important=True, is_active=False, host="teams.example")
    row.url = "https://teams.example/workflows/portefeuille"
    create(_administrator(company).actor, row)
