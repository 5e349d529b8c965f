"""What has happened to a project lately, in words."""

from datetime import datetime
from typing import Any

from portfolio.planning.actions import change_task, create_task
from tests.portfolio.projects.conftest import Portfolio


def test_an_instant_is_written_as_people_read_it(portfolio: Portfolio, client_of: Any) -> None:
    with portfolio.world.within():
        actor = portfolio.world.memberships["pmo"].actor
        task = create_task(actor=actor, project=portfolio.erp, name="Cadrer")
        at = datetime(portfolio.erp.starts_on.year, 12, 14, 17, 30)
        change_task(actor=actor, task=task, values={"deadline_at": at})
    page = client_of(portfolio.world.pmo).get(portfolio.url(f"/projects/{portfolio.erp.pk}/")).content.decode()
    assert f"14/12/{at.year} à 17:30" in page
    assert "T17:30" not in page


def test_what_the_plan_limits_is_told_in_words(portfolio: Portfolio, client_of: Any) -> None:
    from tech4value.audit.writing import update_many

    with portfolio.world.within():
        actor = portfolio.world.memberships["admin"].actor
        update_many(actor, [(portfolio.erp, {"read_only": True})], verb="project.made_read_only")
    page = client_of(portfolio.world.pmo).get(portfolio.url(f"/projects/{portfolio.erp.pk}/")).content.decode()
    assert "passage en lecture seule" in page
