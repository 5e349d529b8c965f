"""A workbook through the actions: what it writes, what a second run writes, what an undo leaves."""

from integrations.imports.actions import begin, bring_workbook, run_import
from integrations.imports.models import Import, ImportState
from portfolio.finance.models import BudgetLine
from portfolio.people.models import Person, Pole
from portfolio.projects.models import Milestone, Programme, Project, StatusReport
from portfolio.risks.models import Risk
from tech4value.audit.models import AuditEvent, ExternalRef
from tests.integrations.imports.files import dump, sample
from tests.world import World

MODELS = (Pole, Programme, Person, Project, StatusReport, Milestone, BudgetLine, Risk)


def bring(world: World, content: bytes, who: str = "pmo", name: str = "portefeuille.xlsx") -> Import:
    member = world.memberships[who]
    return bring_workbook(actor=member.actor, member=member, name=name, content=content)


def run(world: World, row: Import, who: str = "pmo") -> Import:
    member = world.memberships[who]
    row = begin(actor=member.actor, row=row)
    run_import(actor=member.actor, member=member, row=row)
    return row


def test_a_workbook_comes_in_whole(world: World) -> None:
    with world.within():
        row = bring(world, sample("portefeuille-corrige.xlsx"))
        assert row.preview["ok"], row.preview["problems"]
        assert [sheet["create"] for sheet in row.preview["sheets"]] == [
            sheet["rows"] for sheet in row.preview["sheets"]
        ]
        row = run(world, row)
        assert row.state == ImportState.DONE
        vpn = Project.objects.select_related("manager", "pole").get(code="VPN")
        assert vpn.manager.name == "Karim Benali" and vpn.pole.code == "IT"
        assert BudgetLine.objects.count() == row.preview["sheets"][2]["rows"]
        assert StatusReport.objects.filter(project=vpn).get().weather == "cloudy"
        source = ExternalRef.objects.get(connection="workbook", external_type="project", external_id="VPN")
        assert source.object_id == vpn.pk and set(source.fields.values()) == {"portefeuille.xlsx"}
        assert (
            not AuditEvent.objects.filter(batch_id=row.batch_id).exclude(actor_label="Pierre Mohamed-Olive").exists()
        )


def test_run_again_it_changes_nothing(world: World) -> None:
    with world.within():
        run(world, bring(world, sample("portefeuille-corrige.xlsx")))
        before, events = dump(*MODELS, ExternalRef), AuditEvent.objects.count()
        row = bring(world, sample("portefeuille-corrige.xlsx"))
        assert {(sheet["create"], sheet["update"]) for sheet in row.preview["sheets"]} == {(0, 0)}
        row = run(world, row)
        assert row.result["updated"] == 0 and dump(*MODELS, ExternalRef) == before
        assert not AuditEvent.objects.filter(batch_id=row.batch_id).exists()
        assert events < AuditEvent.objects.count()


def test_an_undo_leaves_everything_as_before(world: World) -> None:
    member = world.memberships["pmo"]
    with world.within():
        before = dump(*MODELS, ExternalRef)
        row = run(world, bring(world, sample("portefeuille-corrige.xlsx")))
        start = dump(*MODELS, ExternalRef)
        assert start != before
        from integrations.imports.undoing import undo_import

        undo_import(actor=member.actor, row=row)
        assert dump(*MODELS, ExternalRef) == before
        row = run(world, row)
        assert row.state == ImportState.DONE
