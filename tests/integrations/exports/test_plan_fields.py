"""Custom fields of tasks go out in Microsoft Project's own numbered fields, and come back by their name."""

from typing import Any

from defusedxml.ElementTree import fromstring
from django.utils import translation

from integrations.exports.held import outgoing_plan
from integrations.imports.certificates import certificate_csv, certificate_page, from_json
from integrations.imports.domain.mspdi_attributes import Slot, free_places
from integrations.imports.domain.mspdi_certificate import Fate
from integrations.imports.domain.mspdi_schema import ORDER
from integrations.imports.mspdi_words import FIELDS, field_words
from integrations.imports.pages import left_out
from portfolio.people.actions import create_person
from portfolio.planning.actions import change_task, create_task
from portfolio.planning.models import Task
from portfolio.projects.models import Project
from tech4value.audit.writing import update
from tech4value.fields.actions import create_field
from tests.integrations.exports.test_plan_file import bring, export, leaves, project, written
from tests.integrations.imports.files import sample
from tests.world import World

__all__ = ["project"]
OPTIONS = [{"label": "Haute"}, {"label": "Très basse"}]
KINDS: dict[str, dict[str, Any]] = {
    "text": {}, "long_text": {}, "number": {"decimals": 2}, "money": {}, "date": {}, "yes_no": {},
    "choice": {"options": OPTIONS}, "choices": {"options": OPTIONS}, "person": {}, "link": {},
}  # fmt: skip
NAMES = {kind: f"Champ {kind}" for kind in KINDS}


def defined(world: World) -> dict[str, Any]:
    """A field of each kind; by kind."""
    actor = world.memberships["admin"].actor
    return {
        kind: create_field(actor=actor, target_key="task", label=NAMES[kind], kind=kind, **more)
        for kind, more in KINDS.items()
    }


def filled(world: World, fields: dict[str, Any]) -> dict[str, Any]:
    """A value of each kind, by the key of its field."""
    person = create_person(actor=world.memberships["pmo"].actor, name="Zoé Unique")
    options = [one.key for one in fields["choices"].choices]
    values = {
        "text": "Lot A & B", "long_text": "Une ligne\nPuis une autre", "number": "1234.5", "money": "99",
        "date": "2026-11-30", "yes_no": True, "choice": fields["choice"].choices[1].key, "choices": options,
        "person": str(person.pk), "link": "https://exemple.fr/a?b=1",
    }  # fmt: skip
    return {fields[kind].key: value for kind, value in values.items()}


def held(project: Project) -> dict[str, dict[str, Any]]:
    return dict(Task.objects.filter(project=project).values_list("name", "custom_fields"))


def test_a_field_of_each_kind_goes_out_and_comes_back(world: World, project: Project) -> None:
    pmo = world.memberships["pmo"].actor
    fields = defined(world)
    values = filled(world, fields)
    one = create_task(actor=pmo, project=project, name="Cadrer")
    create_task(actor=pmo, project=project, name="Sans rien")
    change_task(actor=pmo, task=one, values={"custom_fields": values})
    row = export(world, project)
    assert row.facts["differences"] == 0 and not row.notes
    content = written(world, project)
    texts = [text for name, text in leaves(content) if name == "Alias"]
    assert texts == list(NAMES.values())
    told = [text for name, text in leaves(content) if name == "Value"]
    assert {"1234.5", "2026-11-30T00:00:00", "1", "Haute; Très basse", "Zoé Unique"} <= set(told) and len(told) == 10
    # What was forgotten here comes back from the file, and what the file leaves empty is emptied.
    two = Task.objects.get(name="Sans rien")
    change_task(actor=pmo, task=one, values={"custom_fields": dict.fromkeys(values)})
    change_task(actor=pmo, task=two, values={"custom_fields": {fields["text"].key: "de trop"}})
    assert held(project)["Cadrer"] == {}
    imported = bring(world, content, project)
    assert imported.preview["fields"]["taken"] == list(NAMES.values())
    assert imported.preview["tasks"] == {"create": 0, "update": 2, "same": 0, "delete": 0}
    assert held(project) == {"Cadrer": values, "Sans rien": {}}
    assert set(from_json(imported.preview["certificate"]).totals) == {Fate.HELD, Fate.ASIDE}
    assert leaves(written(world, project)) == leaves(content)


EXTENDED = """
<ExtendedAttributes>
 <ExtendedAttribute><FieldID>188743731</FieldID><FieldName>Text1</FieldName><Alias>PRIORITÉ</Alias></ExtendedAttribute>
 <ExtendedAttribute><FieldID>188743767</FieldID><FieldName>Number1</FieldName><Alias>Points</Alias></ExtendedAttribute>
</ExtendedAttributes>
"""
VALUES = """
<ExtendedAttribute><FieldID>188743731</FieldID><Value>{}</Value></ExtendedAttribute>
<ExtendedAttribute><FieldID>188743767</FieldID><Value>8</Value></ExtendedAttribute>
"""


def foreign(*texts: str) -> bytes:
    """A small plan with two fields of its own."""
    tasks = "".join(
        f"<Task><UID>{rank}</UID><ID>{rank}</ID><Name>T{rank}</Name><OutlineLevel>1</OutlineLevel>"
        "<Start>2026-10-05T09:00:00</Start><Finish>2026-10-05T17:00:00</Finish><Duration>PT7H0M0S</Duration>"
        f"{VALUES.format(text)}</Task>"
        for rank, text in enumerate(texts, 1)
    )
    head = '<?xml version="1.0"?><Project xmlns="http://schemas.microsoft.com/project"><Name>Plan</Name>'
    return f"{head}{EXTENDED}<Tasks>{tasks}</Tasks></Project>".encode()


def test_the_fields_of_another_s_file_are_taken_by_name_and_the_rest_is_kept_aside(
    world: World, project: Project
) -> None:
    admin, pmo = world.memberships["admin"].actor, world.memberships["pmo"].actor
    field = create_field(actor=admin, target_key="task", label="Priorité", kind="choice", options=OPTIONS)
    content = foreign("haute", "Inconnue")
    row = bring(world, content, project)
    assert row.preview["fields"] == {"taken": ["Priorité"], "ignored": ["Points"], "unread": {"Priorité": 1}}
    said = " ".join(left_out(row)).replace("\u00a0", " ")
    assert "1 champ du fichier dont aucun champ personnalisé n’a le nom : Points" in said
    assert "« Priorité » : 1 valeur que ce champ n’accepte pas" in said
    high, low = (one.key for one in field.choices)
    assert held(project) == {"T1": {field.key: high}, "T2": {}}
    assert leaves(written(world, project)) == leaves(content), "what is not read is kept word for word"
    for name, value in (("T1", None), ("T2", low)):
        task = Task.objects.get(project=project, name=name)
        change_task(actor=pmo, task=task, values={"custom_fields": {field.key: value}})
    now = fromstring(written(world, project))
    told = [one.text for one in now.iter("{http://schemas.microsoft.com/project}Value")]
    assert sorted(told) == ["8", "8", "Très basse"]


def test_a_file_s_fields_stay_when_one_of_that_name_is_made_later(world: World, project: Project) -> None:
    content = foreign("haute")
    row = bring(world, content, project)
    assert row.preview["fields"]["ignored"] == ["PRIORITÉ", "Points"]
    update(world.memberships["pmo"].actor, Task.objects.get(), {"notes": ""})
    create_field(actor=world.memberships["admin"].actor, target_key="task", label="Priorité", kind="text")
    assert [value for name, value in leaves(written(world, project)) if name == "Value"] == ["haute", "8"]


def test_a_field_without_a_place_is_named(world: World, project: Project) -> None:
    pmo = world.memberships["pmo"].actor
    fields = [
        create_field(actor=world.memberships["admin"].actor, target_key="task", label=f"Date {rank}", kind="date")
        for rank in range(11)
    ]
    task = create_task(actor=pmo, project=project, name="Cadrer")
    change_task(actor=pmo, task=task, values={"custom_fields": {one.key: "2026-10-05" for one in fields}})
    notes = [note.replace("\u00a0", " ") for note in outgoing_plan(project, world.memberships["pmo"]).notes]
    assert notes == ["Le champ personnalisé « Date 10 » : le format n’a pas de place de son type qui soit libre."]


def test_a_place_that_the_file_uses_is_not_taken() -> None:
    assert free_places([Slot.TEXT, Slot.FLAG, Slot.TEXT], [188743731]) == [
        (188743734, "Text2"), (188743752, "Flag1"), (188743737, "Text3"),
    ]  # fmt: skip


def test_the_certificate_names_fields_in_the_reader_s_language(world: World, project: Project) -> None:
    row = bring(world, foreign("haute"), project)
    certificate = from_json(row.preview["certificate"])
    for language, words in (("fr", "Champ personnalisé › Valeur"), ("en", "Custom field › Value")):
        with translation.override(language):
            named = {line.path: line.words for line in certificate_page(certificate).lines}
            assert named["ExtendedAttribute/Value"] == words
            assert all(named[path] for path in named), "every field of this file has a name"
    with translation.override("fr"):
        assert "Tâche;Duration;Durée;" in certificate_csv(certificate).decode("utf-8-sig").replace(",", ";")


def test_every_element_of_the_schema_has_a_name() -> None:
    known = {name for names in ORDER.values() for name in names}
    assert known <= set(FIELDS), sorted(known - set(FIELDS))
    with translation.override("fr"):
        assert field_words("Unknown/Thing") == "" and field_words("Baseline/@x") == "Référence › @x"


def test_a_plan_without_such_fields_is_read_as_before(world: World, project: Project) -> None:
    defined(world)
    content = sample("plan-projet.xml")
    bring(world, content, project)
    assert leaves(written(world, project)) == leaves(content)
