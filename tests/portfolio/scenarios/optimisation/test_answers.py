"""From the live portfolio to an answer: what is read, what is chosen, why the rest waits, in words."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation

from portfolio.finance.benefits_actions import YearEntry, create_benefit, set_benefit_years
from portfolio.finance.benefits_queries import this_fiscal_year
from portfolio.finance.models import BudgetLine, Envelope
from portfolio.planning.models import Dependency, Task
from portfolio.projects.models import Phase, Project
from portfolio.scenarios.optimisation.actions import (
    add_rule,
    cancel_search,
    change_study,
    delete_study,
    duplicate_study,
    remove_rule,
    run_search,
    start_search,
)
from portfolio.scenarios.optimisation.candidates import read_material
from portfolio.scenarios.optimisation.models import AnswerState, OptimisationStudy, StudyAnswer
from portfolio.scenarios.optimisation.pages import AnswerPage, answer_page
from portfolio.scenarios.optimisation.search import ask, search
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import create, update
from tech4value.jobs.actions import OvertakenError
from tech4value.jobs.models import Job, JobState
from tech4value.jobs.registry import JobError, RunningJob
from tests.portfolio.scenarios.optimisation.conftest import Candidates, booked, study
from tests.world import World


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def answered(world: World, one: OptimisationStudy) -> StudyAnswer:
    """The answer that the PMO gets."""
    job = start_search(study=one, member=world.memberships["pmo"])
    run_search(RunningJob(id=job.pk, params=job.params, member=world.memberships["pmo"]))
    return StudyAnswer.objects.get(study=one)


def shown(world: World, one: OptimisationStudy) -> AnswerPage:
    with translation.override("fr"):
        return answer_page(answered(world, one))


def codes(keys: Any, candidates: Candidates) -> set[str]:
    by_key = {str(one.pk): one.code for one in candidates.all}
    return {by_key[key] for key in keys}


def test_what_a_project_costs_asks_and_risks_is_read_month_by_month(world: World, candidates: Candidates) -> None:
    with world.within():
        booked(candidates.erp, date(2026, 3, 1), date(2026, 4, 30), "0.5", person=candidates.paul)
        booked(candidates.erp, date(2026, 4, 1), date(2026, 4, 30), "1", profile=candidates.developer)
        booked(candidates.run, date(2026, 3, 1), date(2026, 3, 31), "0.25", person=candidates.paul)
    with world.within():  # the load is summed when the first one ends
        update(SYSTEM, candidates.study, {"grouping": "profile"})
        material = read_material(world.memberships["pmo"], candidates.study)
        rows = {row.code: row for row in material.rows}
        assert set(rows) == {"BI", "CRM", "ERP", "RGPD"}, "what is under way is not a candidate"
        erp, group = rows["ERP"], str(candidates.developer.pk)
        assert (erp.costs, erp.periods, erp.criteria.exposure) == ((Decimal(50_000), Decimal(20_000)), 3, 20)
        march, april = erp.demand[group]
        free = material.free[group]
        # Half of Paul in March, then half of Paul and a whole developer; another project has a quarter of him.
        assert free[0] == pytest.approx(2 * march * Decimal("0.75"), abs=2)
        assert april == pytest.approx(1.5 * free[1], abs=2)
        assert material.groups[group] == "Développeuse"


def test_a_line_without_any_forecast_counts_as_it_was_planned(world: World, candidates: Candidates) -> None:
    with world.within():
        for line in candidates.bi.budget_lines.all():
            update(SYSTEM, line, {"planned": line.forecast * 2, "forecast": Decimal(0)})
        rows = {row.code: row for row in read_material(world.memberships["pmo"], candidates.study).rows}
        assert rows["BI"].costs == (Decimal(20_000), Decimal(40_000))


def test_its_parts_of_shared_budgets_are_no_cost_of_a_choice(world: World, candidates: Candidates) -> None:
    with world.within():
        licences = create(SYSTEM, Envelope(name="Licences"))
        for month in (date(2026, 3, 1), date(2026, 5, 1)):
            part = BudgetLine(category="services", nature="opex", month=month, forecast=Decimal(9_000))
            part.project, part.envelope = candidates.erp, licences
            create(SYSTEM, part)
        rows = {row.code: row for row in read_material(world.memberships["pmo"], candidates.study).rows}
        assert rows["ERP"].costs == (Decimal(50_000), Decimal(20_000)), "no choice moves or frees them"


def test_the_value_of_a_project_is_that_of_its_benefits_unless_the_study_says_another(
    world: World, candidates: Candidates
) -> None:
    with world.within():
        for one, expected in ((candidates.rgpd, "10000"), (candidates.erp, "999999")):
            benefit = create_benefit(actor=SYSTEM, project=one, name="Gains", kind="saving")
            entry = YearEntry(benefit, this_fiscal_year(), Decimal(expected), None)
            set_benefit_years(actor=SYSTEM, entries=[entry])
        npv = {row.code: row.criteria.npv for row in read_material(world.memberships["pmo"], candidates.study).rows}
        assert npv == {"ERP": 200_000, "CRM": 60_000, "BI": 50_000, "RGPD": 10_000}


def test_the_best_choice_under_a_budget_and_what_would_let_the_other_in(world: World, candidates: Candidates) -> None:
    with world.within():
        page = shown(world, candidates.study)
        assert codes([one.key for one in page.chosen], candidates) == {"ERP", "BI", "RGPD"}
        assert {one.starts_on for one in page.chosen} == {date(2026, 3, 1)}, "waiting costs"
        (left,) = page.excluded
        assert codes([left.key], candidates) == {"CRM"}
        assert [plain(one) for one in left.reasons] == ["Budget 2026 : il manque 40 000,00 €."]
        assert plain(left.lets_in).startswith("Vérifié : avec 40 000,00 € de plus au budget 2026, il commence en")
        (budget,) = page.budgets
        assert (budget.has, budget.used, budget.left) == (100_000, 100_000, 0)
        answer = StudyAnswer.objects.get()
        assert (answer.state, answer.value, answer.made_of) == (AnswerState.PROVED, answer.bound, 1)
        # With as much more, everybody is in.
        update(SYSTEM, candidates.study, {"budgets": {"2026": "140000"}})
        assert len(shown(world, candidates.study).chosen) == 4


def test_people_who_are_busy_let_a_project_in_later(world: World, candidates: Candidates) -> None:
    with world.within():
        booked(candidates.bi, date(2026, 3, 1), date(2026, 5, 31), "1", person=candidates.paul)
        booked(candidates.run, date(2026, 3, 1), date(2026, 4, 30), "0.5", person=candidates.paul)
    with world.within():
        update(SYSTEM, candidates.study, {"grouping": "pole", "budgets": {}})
        page = shown(world, candidates.study)
        start = {one.name.split(" ")[0]: one.starts_on for one in page.chosen}
        assert start["BI"] >= date(2026, 5, 1)
        assert start["ERP"] == date(2026, 3, 1)
        (line,) = page.people
        assert line.name == "Informatique"
        update(SYSTEM, candidates.study, {"months": 1})
        (left,) = shown(world, candidates.study).excluded
        (reason,) = [plain(one) for one in left.reasons]
        assert reason.startswith("Capacité « Informatique » : il manque")
        assert reason.endswith("mars 2026 à avr. 2026.") or "mars" in reason


def test_rules_of_the_study_and_of_the_plans_are_kept(world: World, candidates: Candidates) -> None:
    moment = datetime(2026, 5, 29, 17)
    with world.within():
        awaited = create(SYSTEM, Task(project=candidates.crm, name="Reprise", starts_at=moment, ends_at=moment))
        start = datetime(2026, 3, 2, 9)
        waits = create(SYSTEM, Task(project=candidates.bi, name="Chargement", starts_at=start, ends_at=start))
        create(
            SYSTEM,
            Dependency(
                project=candidates.bi, predecessor=awaited, successor=waits, predecessor_project=candidates.crm
            ),
        )
        update(SYSTEM, candidates.study, {"budgets": {}})
        found = {one.name.split(" ")[0]: one.starts_on for one in shown(world, candidates.study).chosen}
        # Reprise ends in the third month of CRM; Chargement is in the first of BI.
        assert found["CRM"] == date(2026, 3, 1)
        assert found["BI"] == date(2026, 5, 1)
        add_rule(
            actor=SYSTEM,
            study=candidates.study,
            rule=["exclusive", str(candidates.crm.pk), str(candidates.erp.pk), 0],
        )
        erp = {**candidates.study.projects, str(candidates.erp.pk): {"role": "mandatory"}}
        update(SYSTEM, candidates.study, {"projects": erp})
        page = shown(world, candidates.study)
        assert codes([one.key for one in page.chosen], candidates) == {"ERP", "RGPD"}
        why = {one.name.split(" ")[0]: plain(one.reasons[0]) for one in page.excluded}
        assert why["CRM"] == "Exclu par « ERP · Projet ERP » : retirez la règle, ou écartez l’autre."
        assert why["BI"] == "Il a besoin de « CRM · Projet CRM », hors du choix."


def test_mandatory_projects_that_cost_too_much_say_what_is_missing(world: World, candidates: Candidates) -> None:
    with world.within():
        told = {str(one.pk): {"role": "mandatory"} for one in (candidates.erp, candidates.crm)}
        update(SYSTEM, candidates.study, {"projects": told})
        page = shown(world, candidates.study)
        assert StudyAnswer.objects.get().state == AnswerState.INFEASIBLE
        assert [plain(one) for one in page.clash] == [
            "Les projets obligatoires demandent plus qu’il n’y a. Il manque au moins :",
            "Budget 2026 : il manque 10 000,00 €.",
        ]
        rule = ["exclusive", str(candidates.crm.pk), str(candidates.erp.pk), 0]
        add_rule(actor=SYSTEM, study=candidates.study, rule=rule)
        together, clashing = shown(world, candidates.study).clash
        assert plain(clashing) in {
            "« CRM · Projet CRM » et « ERP · Projet ERP » s’excluent.",
            "« ERP · Projet ERP » et « CRM · Projet CRM » s’excluent.",
        }
        assert plain(together).startswith("Les règles ne permettent pas de retenir ensemble")
        assert "Projet CRM" in together and "Projet ERP" in together


def test_what_is_needed_and_excludes_itself_is_said(world: World, candidates: Candidates) -> None:
    erp, crm, bi, rgpd = (str(one.pk) for one in candidates.all)
    with world.within():
        told = {key: {"role": "mandatory"} for key in (erp, crm)}
        rules = [["requires", erp, bi, 0], ["requires", crm, rgpd, 0], ["exclusive", bi, rgpd, 0]]
        update(SYSTEM, candidates.study, {"projects": told, "rules": rules, "budgets": {}})
        said = [plain(one) for one in shown(world, candidates.study).clash]
        assert any(all(name in one for name in ("Projet BI", "Projet RGPD", "s’excluent")) for one in said), (
            "neither is mandatory"
        )
        # What a search kept before is still read.
        answer = StudyAnswer.objects.get()
        clash = answer.data["clash"]
        for rule in (["exclusive", 0], ["exclusive", bi, 0]):
            answer.data["clash"] = {**clash, "rules": [rule]}
            with translation.override("fr"):
                assert "relancez la recherche" in answer_page(answer).clash[-1]
        # One that may begin before the other one has ended is not said to begin after it.
        answer.data["clash"] = {**clash, "rules": [["requires", erp, bi, -2]]}
        with translation.override("fr"):
            sentence = plain(answer_page(answer).clash[-1])
        assert sentence == "« ERP · Projet ERP » ne va pas sans « BI · Projet BI »."


def test_a_project_that_cannot_begin_in_time_is_said(world: World, candidates: Candidates) -> None:
    with world.within():
        told = {**candidates.study.projects, str(candidates.rgpd.pk): {"not_before": "2027-01-01"}}
        update(SYSTEM, candidates.study, {"projects": told})
        page = shown(world, candidates.study)
        assert page.late == ("RGPD · Projet RGPD",)
        assert codes([one.key for one in page.chosen], candidates) == {"ERP", "BI"}


def test_run_again_a_search_gives_the_same_answer_and_no_more(world: World, candidates: Candidates) -> None:
    with world.within():
        first = answered(world, candidates.study)
        job = Job.objects.get()
        run_search(RunningJob(id=job.pk, params=job.params, member=world.memberships["pmo"]))
        (second,) = StudyAnswer.objects.all()
        assert (first.pk, first.value, first.data["chosen"]) == (second.pk, second.value, second.data["chosen"])
        assert start_search(study=candidates.study, member=world.memberships["pmo"]) == job, "it is still queued"


def test_a_search_that_was_cancelled_or_has_no_study_writes_nothing(world: World, candidates: Candidates) -> None:
    member = world.memberships["pmo"]
    with world.within(), translation.override("fr"):
        job = start_search(study=candidates.study, member=member)
        running = RunningJob(id=job.pk, params=job.params, member=member)
        assert cancel_search(actor=member.actor, study=candidates.study)
        assert not cancel_search(actor=member.actor, study=candidates.study)
        with pytest.raises(OvertakenError), transaction.atomic():
            run_search(running)
        assert StudyAnswer.objects.get().made_at is None
        assert Job.objects.get().state == JobState.FAILED
        with pytest.raises(JobError, match="plus membre"):
            run_search(RunningJob(id=job.pk, params=job.params, member=None))
        delete_study(actor=member.actor, study=candidates.study)
        with pytest.raises(JobError, match="n’existe plus"):
            run_search(running)


def test_nothing_to_choose_from_is_said_before_any_search(world: World, candidates: Candidates) -> None:
    with world.within(), translation.override("fr"):
        for one in candidates.all:
            update(SYSTEM, one, {"phase": Phase.DELIVERY})
        with pytest.raises(ValidationError, match="Aucun projet à choisir"):
            start_search(study=candidates.study, member=world.memberships["pmo"])
        assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"weight_alignment": 0, "weight_npv": 0, "weight_risk": 0}, "weight_alignment", "du poids"),
        ({"budgets": {"2026": "-1"}}, "budgets", "négatif"),
        ({"budgets": {"2026": "beaucoup"}}, "budgets", "pas un montant"),
        ({"projects": {"x": {"role": "peut-être"}}}, "projects", "libre, obligatoire ou écarté"),
        ({"projects": {"x": {"alignment": "11"}}}, "projects", "de 0 à 10"),
        ({"projects": {"x": {"npv": "NaN"}}}, "projects", "montant"),
        ({"projects": {"x": {"not_before": "demain"}}}, "projects", "mois"),
        ({"rules": [["exclusive", "a", "a", 0]]}, "rules", "deux projets différents"),
        ({"rules": [["aime", "a", "b", 0]]}, "rules", "s’excluent"),
        ({"rules": [["requires", "a", "b", 999]]}, "rules", "120 mois"),
        ({"months": 0}, "months", ""),
        ({"name": " "}, "name", ""),
    ],
)
def test_what_a_study_cannot_say_is_refused_in_words(
    world: World, candidates: Candidates, values: dict[str, Any], field: str, words: str
) -> None:
    with world.within(), translation.override("fr"), pytest.raises(ValidationError) as caught:
        change_study(actor=SYSTEM, study=candidates.study, values=values)
    assert words in " ".join(caught.value.message_dict[field])


def test_names_are_unique_and_copies_find_one(world: World, candidates: Candidates) -> None:
    with world.within(), translation.override("fr"):
        with pytest.raises(ValidationError, match="porte déjà ce nom"):
            study("PORTEFEUILLE 2026")
        copies = [duplicate_study(actor=SYSTEM, study=candidates.study).name for _number in range(2)]
        assert copies == ["Portefeuille 2026 (copie)", "Portefeuille 2026 (copie) 2"]
        assert OptimisationStudy.objects.get(name=copies[0]).budgets == {"2026": "100000"}


def test_a_rule_is_told_once_and_taken_away(world: World, candidates: Candidates) -> None:
    one, other = str(candidates.crm.pk), str(candidates.erp.pk)
    with world.within(), translation.override("fr"):
        add_rule(actor=SYSTEM, study=candidates.study, rule=["exclusive", one, other, 0])
        with pytest.raises(ValidationError, match="déjà dans l’étude"):
            add_rule(actor=SYSTEM, study=candidates.study, rule=["exclusive", other, one, 0])
        add_rule(actor=SYSTEM, study=candidates.study, rule=["requires", one, other, 2])
        remove_rule(actor=SYSTEM, study=candidates.study, number=0)
        assert candidates.study.rules == [["requires", one, other, 2]]
        with pytest.raises(ValidationError, match="n’est plus"):
            remove_rule(actor=SYSTEM, study=candidates.study, number=7)


def test_a_search_reads_and_never_writes_the_portfolio(world: World, candidates: Candidates) -> None:
    with world.within():
        before = list(Project.objects.order_by("pk").values())
        question = ask(world.memberships["pmo"], candidates.study)
        events = AuditEvent.objects.count()
        search(question)
        assert list(Project.objects.order_by("pk").values()) == before
        assert AuditEvent.objects.count() == events
