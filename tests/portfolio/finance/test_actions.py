"""Budget lines: one for each place, amounts to the cent, what cannot be is said in a sentence."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from portfolio.finance import actions
from portfolio.finance.actions import BudgetEntry
from portfolio.finance.models import BudgetLine
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tests.portfolio.finance.conftest import Budgets
from tests.world import World


def test_a_line_is_normalised_and_journaled(world: World, budgets: Budgets) -> None:
    with world.within():
        line = actions.create_budget_line(
            actor=world.memberships["manager"].actor,
            project=budgets.erp,
            category="training",
            nature="opex",
            month=date(2026, 5, 17),
            planned=Decimal("10.005"),
        )
        assert (line.month, line.planned, line.currency) == (date(2026, 5, 1), Decimal("10.01"), "EUR")
        event = AuditEvent.objects.get(object_id=line.pk)
        assert (event.verb, event.actor_label) == ("budgetline.created", "Chloé Cheffe")
        assert event.project_id == budgets.erp.pk


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"planned": Decimal(-1)}, "planned", "Le montant ne peut pas être négatif"),
        ({"committed": Decimal("-0.01")}, "committed", "avoir se saisit en réel"),
        ({"actual": Decimal(10) ** 13}, "actual", "dépasse ce qui peut être enregistré"),
        ({"forecast": Decimal("NaN")}, "forecast", "dépasse ce qui peut être enregistré"),
        ({"category": "bribes"}, "category", "n’est pas une catégorie. Choisissez parmi"),
        ({"nature": "x"}, "nature", "capex ou opex"),
        ({"month": date(26, 3, 1)}, "month", "entre 2000 et 2100"),
        ({"currency": "USD"}, "currency", "n’a pas de cours au 01/01/2026"),
        ({"month": date(2026, 2, 9)}, "month", "existe déjà. Modifiez-la"),
    ],
)
def test_what_cannot_be_is_refused(
    world: World, budgets: Budgets, values: dict[str, object], field: str, words: str
) -> None:
    with world.within():
        with pytest.raises(ValidationError) as refusal:
            actions.change_budget_line(actor=SYSTEM, line=budgets.line, values=values)
        assert words in refusal.value.message_dict[field][0]
        assert BudgetLine.objects.get(pk=budgets.line.pk).version == 1


def test_a_credit_note_is_negative(world: World, budgets: Budgets) -> None:
    with world.within():
        line = actions.set_budget(
            actor=SYSTEM,
            project=budgets.erp,
            category="other",
            nature="opex",
            month=date(2026, 6, 1),
            actual=Decimal(-50),
            forecast=Decimal(-50),
        )
        assert (line.actual, line.planned) == (-50, 0)


def test_setting_again_changes_and_never_doubles(
    world: World, budgets: Budgets, django_assert_num_queries: object
) -> None:
    entries = [
        BudgetEntry("licences", "capex", date(2026, month, 12), planned=Decimal(month)) for month in range(1, 13)
    ]
    with world.within():
        first = actions.set_budget_lines(actor=SYSTEM, project_lines={budgets.erp: entries})
        assert (len(first.created), len(first.changed), len(first.unchanged)) == (10, 2, 0)
        again = actions.set_budget_lines(actor=SYSTEM, project_lines={budgets.erp: entries})
        assert (len(again.created), len(again.changed), len(again.unchanged)) == (0, 0, 12)
        january = BudgetLine.objects.get(pk=budgets.line.pk)
        assert (january.planned, january.actual, january.version) == (1, Decimal("900.05"), 2)
        with django_assert_num_queries(7):  # type: ignore[operator]  # lock, read, frozen, update, journal, insert, journal
            more = [*entries, BudgetEntry("staff", "opex", date(2026, 1, 1), planned=Decimal(9))]
            more[0] = BudgetEntry("licences", "capex", date(2026, 1, 1), planned=Decimal(77))
            more[1] = BudgetEntry("licences", "capex", date(2026, 2, 1), planned=Decimal(78))
            actions.set_budget_lines(actor=SYSTEM, project_lines={budgets.erp: more})


def test_a_bulk_write_names_the_wrong_entry_and_writes_nothing(world: World, budgets: Budgets) -> None:
    good = BudgetEntry("staff", "opex", date(2026, 1, 1), planned=Decimal(1))
    with world.within():
        before = BudgetLine.objects.count()
        bad = BudgetEntry("staff", "opex", date(2026, 2, 1), planned=Decimal(-1))
        with pytest.raises(ValidationError, match=r"Projet ERP, Personnel, Opex, févr.* Prévu.* négatif"):
            actions.set_budget_lines(actor=SYSTEM, project_lines={budgets.erp: [good, bad]})
        with pytest.raises(ValidationError, match="donnée deux fois"):
            actions.set_budget_lines(actor=SYSTEM, project_lines={budgets.erp: [good, good]})
        assert BudgetLine.objects.count() == before


def test_a_deleted_line_comes_back_unless_its_place_is_taken(world: World, budgets: Budgets) -> None:
    with world.within():
        actions.delete_budget_line(actor=SYSTEM, line=budgets.line)
        assert not BudgetLine.objects.filter(pk=budgets.line.pk).exists()
        actions.restore_budget_line(actor=SYSTEM, line=budgets.line)
        assert BudgetLine.objects.filter(pk=budgets.line.pk).exists()
        actions.delete_budget_line(actor=SYSTEM, line=budgets.line)
        actions.set_budget(
            actor=SYSTEM,
            project=budgets.erp,
            category="licences",
            nature="capex",
            month=budgets.line.month,
            planned=Decimal(1),
        )
        with pytest.raises(ValidationError, match="existe déjà"):
            actions.restore_budget_line(actor=SYSTEM, line=budgets.line)
