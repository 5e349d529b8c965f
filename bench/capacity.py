"""How long the capacity heatmap takes on the server, against a page that lists the same cells of one flat table.

    python -m bench.capacity                 (servers named by the environment: eval "$(bin/servers env)")

On a database of its own: 200 persons x 52 weeks, 40 projects, a fifth of the persons part-time, absences for all.
Prints medians and ratios:
- page / flat: the heatmap by person and week over a page with the same session, permission and frame, whose cells are
  read from one table that holds nothing else: aim for at most 3, and under a second;
- figures / lower bound: its figures over reading the roll-up's rows in one query.
"""

import argparse
import time
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bench.database import load, own_database, vacuum
from bench.tenants_seed import make_portfolio
from bench.timing import medians

ROUNDS = 7
WEEKS = 52


def make_people(count: int, first: date) -> None:
    """Persons with absences, and their load of each week on three projects."""
    from portfolio.capacity.models import LoadWeek
    from portfolio.people.models import Absence, Person, Pole
    from portfolio.projects.models import Project
    from tech4value.audit.actor import SYSTEM
    from tech4value.audit.writing import create_many

    poles, projects = list(Pole.objects.all()), list(Project.objects.all())
    people = create_many(
        SYSTEM,
        [
            Person(
                name=f"Personne {number:04}",
                pole=poles[number % len(poles)],
                capacity=Decimal("0.8") if number % 5 == 0 else Decimal(1),
            )
            for number in range(count)
        ],
    )
    create_many(
        SYSTEM,
        [
            Absence(person=person, starts_on=start, ends_on=start + timedelta(days=4))
            for number, person in enumerate(people)
            for start in (first + timedelta(weeks=(number + 13 * turn) % WEEKS) for turn in range(4))
        ],
    )
    LoadWeek.objects.bulk_create(
        [
            LoadWeek(
                project=projects[(number + turn) % len(projects)],
                person=person,
                week=first + timedelta(weeks=week),
                minutes=300 + 37 * ((number * 7 + week * 3 + turn) % 23),
            )
            for number, person in enumerate(people)
            for week in range(WEEKS)
            for turn in range(3)
        ],
        batch_size=2000,
    )


def make_flat(rows: list[list[str]]) -> None:
    """One table with what the heatmap shows, and nothing else."""
    from django.db import connection

    names = ", ".join(f"w{number} text" for number in range(WEEKS))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bench_flat (name text, {names})")
        marks = ", ".join(["%s"] * (WEEKS + 1))
        cursor.executemany(f"INSERT INTO bench_flat VALUES ({marks})", rows)


def run(people: int) -> None:
    from django.conf import settings
    from django.db import transaction
    from django.test import Client

    from portfolio.capacity.domain.load import Grain, monday_of
    from portfolio.capacity.grid import Grouping, grid
    from portfolio.capacity.heatmap import ratio_text
    from portfolio.capacity.models import LoadWeek
    from portfolio.capacity.queries import LoadFilters
    from tech4value.tenancy.clock import today
    from tech4value.tenancy.context import tenant_context
    from tech4value.tenancy.models import Tenant

    start = time.perf_counter()
    tenant = Tenant.objects.create(slug="bench", name="Bench")
    with tenant_context(tenant):
        first = monday_of(today())
        member = make_portfolio(40)
        make_people(people, first)

    def figures() -> Any:
        return grid(member, Grouping.PERSON, Grain.WEEK, first, WEEKS, LoadFilters())

    with tenant_context(tenant), transaction.atomic():
        make_flat([[row.name, *(ratio_text(cell, "fr") for cell in row.cells)] for row in figures().rows])
    vacuum()
    print(f"{people} persons x {WEEKS} weeks (made in {time.perf_counter() - start:.0f} s); {load()}", flush=True)
    settings.ROOT_URLCONF = "bench.flat"
    client = Client(raise_request_exception=True)
    client.force_login(member.user)

    def page(path: str) -> int:
        answer = client.get(f"/t/bench{path}")
        assert answer.status_code == 200, (path, answer.status_code)
        return len(answer.content)

    size = page("/capacity/?by=person&grain=week")
    heatmap, flat = medians([lambda: page("/capacity/?by=person&grain=week"), lambda: page("/bench/flat/")], ROUNDS)
    with tenant_context(tenant):
        counted, lower = medians(
            [figures, lambda: list(LoadWeek.objects.values_list("person_id", "week", "minutes"))], ROUNDS
        )
    print(f"page {heatmap:.0f} ms ({size / 1024:.0f} KiB), flat {flat:.0f}, figures {counted:.0f}, bound {lower:.0f}")
    print(f"page / flat page        {heatmap / flat:.2f}   (aim: at most 3)")
    print(f"figures / lower bound   {counted / lower:.2f}")
    print(load())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.capacity")
    parser.add_argument("--people", type=int, default=200)
    given = parser.parse_args()
    with own_database("bench_capacity"):
        run(given.people)


if __name__ == "__main__":
    main()
