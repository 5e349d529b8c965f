"""What the dashboard says of large portfolios: counts as people write them, in both languages."""

from dataclasses import replace

import pytest
from django.utils import translation

from portfolio.projects.models import Weather
from reporting.dashboards.figures import figures
from reporting.dashboards.filters import Filters
from reporting.dashboards.queries import portfolio_facts
from reporting.dashboards.words import enumerated, sentences
from tests.reporting.dashboards.portfolio_rows import TODAY, make_project, promise, report, risk
from tests.world import World


@pytest.mark.parametrize(
    ("language", "thousands", "late"),
    [("fr", "10\u202f000 risques critiques", "1\u202f200 jalons en retard"),
     ("en", "10,000 critical risks", "1,200 late milestones")],
)  # fmt: skip
def test_counts_have_their_thousands(world: World, language: str, thousands: str, late: str) -> None:
    with world.within():
        project = make_project("RGPD")
        report(project, TODAY, Weather.STORMY)
        promise(project, "Audit", TODAY.replace(day=1).replace(year=TODAY.year - 1))
        risk(project, "R-1", 5, 5)
        found = portfolio_facts(world.memberships["executive"], Filters(), TODAY)
    facts = replace(found, critical_risks=10_000, open_risks=12_000, milestones_late=1_200, milestones_due=3_400)
    space = "\u202f" if language == "fr" else ","
    with world.within(), translation.override(language):
        said = [sentence.text for sentence in sentences(facts)]
        notes = [figure.note for figure in figures(facts)]
        names = enumerated([f"P{number}" for number in range(1_503)])
    assert any(text.startswith(thousands) for text in said), said
    assert any(text.startswith(late) for text in said), said
    assert any(f"12{space}000" in note for note in notes), notes
    assert any(f"3{space}400" in note for note in notes), notes
    assert f"1{space}500" in names
