"""How long the palette waits for the server: 100 000 objects in the organisation, 50 other organisations beside it.

    python -m bench.search            (servers running; OBJECTS=100000 TENANTS=50 BESIDE=2000 ROUNDS=15 KEEP=1)

Makes a database of its own, `bench_search`, fills its index by COPY and drops it (KEEP=1 leaves it for the next
run). For each question prints the median and the 95th percentile, in milliseconds, of the whole request by an
executive, then by a team member with five projects of their own; and the ratio to a bare look-up by primary key in
the same run. The aim is a median and a p95 under 50 ms whatever is typed.
"""

import logging
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from psycopg import sql

DATABASE = "bench_search"
OBJECTS = int(os.environ.get("OBJECTS", "100000"))
TENANTS = int(os.environ.get("TENANTS", "50"))
BESIDE = int(os.environ.get("BESIDE", "2000"))
ROUNDS = int(os.environ.get("ROUNDS", "15"))
PROJECTS = 500
OWN = 5
# Four in five tasks begin with `pr`, and nearly all hold a word in `a`: the worst that short prefixes can meet.
VERBS = ["Préparer", "Projet :", "Produire", "Prévoir", "Relire", "Auditer"]
THINGS = [
    "recette",
    "audit",
    "migration",
    "reprise",
    "architecture",
    "paie",
    "données",
    "formation",
    "achat",
    "budget",
]
PLACES = ["de l’agence", "du siège", "de l’atelier", "des achats", "de la comptabilité", "du système d’information"]
NAMES = [
    "Martin",
    "Bernard",
    "Dupont",
    "Petit",
    "Moreau",
    "Laurent",
    "Léa",
    "Noé",
    "Zoé",
    "Éloïse",
    "Prune",
    "Amélie",
]
QUESTIONS = [
    "a", "p", "1", "pr", "re", "au", "12", "pro", "projet", "recette", "prj-012", "PRJ-0", "eloise",
    "recette audit", "pr re", "projet atelier", "a p", "pr a de", "preparer recette siege", "zzz", "projet zzz",
    "pr 4242",
]  # fmt: skip
COLUMNS = ("id", "tenant_id", "kind", "title", "code", "detail", "project_id", "initial", "tokens", "updated_at")


def named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def make_database() -> bool:
    """Point this process at the bench's own database; returns whether it is new."""
    owner = os.environ["MIGRATION_DATABASE_URL"]
    with psycopg.connect(owner, autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if there is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    for name in ("DATABASE_URL", "MIGRATION_DATABASE_URL"):
        os.environ[name] = named(os.environ[name], DATABASE)
    subprocess.run([sys.executable, "manage.py", "migrate", "--skip-checks", "-v0"], check=True)
    return there is None


def drop_database(owner: str) -> None:
    from django.db import connections

    connections.close_all()  # the application's: the owner may not end them
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE)))


def texts(count: int, projects: list[Any], dice: random.Random) -> Iterator[tuple[str, Any, Any]]:
    """Kind, project's key and words of each object: projects first, then people, risks, milestones and tasks."""
    from tech4value.search.words import Words

    for number, project in enumerate(projects):
        yield "project", project, Words(f"{dice.choice(THINGS).title()} {dice.choice(PLACES)}", f"PRJ-{number:03}")
    for number in range(count - len(projects)):
        place = dice.randrange(len(projects))
        project, code = projects[place], f"PRJ-{place:03}"
        if number % 50 == 0:
            yield (
                "person",
                None,
                Words(f"{dice.choice(NAMES)} {dice.choice(NAMES)}-{number}", "", "Développeuse · IT"),
            )
        elif number % 25 == 1:
            title = f"Retard {dice.choice(PLACES)} {number}"
            yield "risk", project, Words(title, f"R-{number:03}", code)
        elif number % 20 == 2:
            yield "milestone", project, Words(f"{dice.choice(THINGS).title()} {number} prononcée", "", code)
        else:
            title = f"{dice.choice(VERBS)} {dice.choice(THINGS)} {number} {dice.choice(PLACES)}"
            yield "task", project, Words(title, "", f"{code} · {number % 9}.{number % 40}")


def seed(owner: str, tenant_id: Any, projects: list[Any], count: int, dice: random.Random) -> None:
    """Fill one organisation's index by COPY, as the owner."""
    from tech4value.search.words import tokens_of, words_of
    from tech4value.tenancy.models import uuid7

    now = datetime.now(UTC)
    with psycopg.connect(owner) as connection, connection.cursor() as cursor:
        rows = []
        for kind, project, words in texts(count, projects, dice):
            key = project if kind == "project" else uuid7()
            rows.append((key, kind, project, words, tokens_of(words)))
        with cursor.copy(f"COPY search_searchentry ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for key, kind, project, words, tokens in rows:
                written = " ".join(sorted(f"{tier:d}{token}" for token, tier in tokens.items()))
                initial = words_of(words.title)[0][:1]
                copy.write_row(
                    (key, tenant_id, kind, words.title, words.code, words.detail, project, initial, written, now)
                )
        connection.commit()
        # Foreign keys are looked up row by row at the commit: by index only when the table is known to be large.
        cursor.execute("ANALYZE search_searchentry")
        names = "id, tenant_id, entry_id, kind, project_id, token, tier"
        with cursor.copy(f"COPY search_searchtoken ({names}) FROM STDIN") as copy:
            for key, kind, project, _words, tokens in rows:
                for token, tier in tokens.items():
                    copy.write_row((uuid7(), tenant_id, key, kind, project, token, int(tier)))


def fill(owner: str) -> None:
    """The organisations; the first has its members, and projects of which five belong to its team member."""
    from portfolio.people.models import Person, Pole
    from portfolio.projects.models import Project, ProjectMember
    from tech4value.accounts.actions import add_member
    from tech4value.accounts.permissions import Role
    from tech4value.audit.actor import SYSTEM
    from tech4value.audit.writing import create, create_many
    from tech4value.billing.models import Plan, Subscription
    from tech4value.search.index import remove
    from tech4value.search.models import SearchEntry
    from tech4value.tenancy.context import tenant_context
    from tech4value.tenancy.models import Tenant, uuid7

    dice = random.Random(4)
    tables = ("search_searchentry", "search_searchtoken")
    with psycopg.connect(owner) as connection:  # COPY is refused under row-level security, even to the owner
        for table in tables:
            connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    main = Tenant.objects.create(slug="bench", name="Bench")
    with tenant_context(main):
        create(SYSTEM, Subscription(plan=Plan.ENTERPRISE, started_on=date(2026, 1, 1)))
        members = {
            role: add_member(actor=SYSTEM, email=f"{role}@bench.example", name=str(role), role=role)
            for role in (Role.EXECUTIVE, Role.TEAM_MEMBER)
        }
        pole = create(SYSTEM, Pole(code="IT", name="IT"))
        team = create(SYSTEM, Person(name="Équipier", membership=members[Role.TEAM_MEMBER]))
        span = {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 1, 1)}
        projects = create_many(
            SYSTEM, [Project(code=f"B-{n:03}", name=f"P{n}", pole=pole, **span) for n in range(PROJECTS)]
        )
        create_many(SYSTEM, [ProjectMember(project=one, person=team) for one in projects[:OWN]])
    with tenant_context(main):
        remove(list(SearchEntry.objects.values_list("pk", flat=True)))
    seed(owner, main.pk, [one.pk for one in projects], OBJECTS, dice)
    for number in range(TENANTS):
        other = Tenant.objects.create(slug=f"other-{number}", name=f"Other {number}")
        seed(owner, other.pk, [uuid7() for _one in range(20)], BESIDE, dice)
    with psycopg.connect(owner, autocommit=True) as connection:
        for table in tables:
            connection.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            connection.execute(f"VACUUM ANALYZE {table}")


def timed(call: Callable[[], Any]) -> list[float]:
    """Milliseconds of each round, after one that warms the caches."""
    call()
    times = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return times


def p95(times: list[float]) -> float:
    return sorted(times)[max(0, round(len(times) * 0.95) - 1)]


def measure() -> None:
    from django.test import Client

    logging.disable(logging.INFO)  # a line for each request

    from tech4value.accounts.models import User
    from tech4value.search.models import SearchEntry
    from tech4value.tenancy.context import tenant_context
    from tech4value.tenancy.models import Tenant

    tenant = Tenant.objects.get(slug="bench")
    with tenant_context(tenant):
        keys = list(SearchEntry.objects.values_list("pk", flat=True)[:100])
        bare = timed(lambda: SearchEntry.objects.get(pk=random.choice(keys)))
    print(f"{OBJECTS} objects beside {TENANTS} organisations of {BESIDE}; milliseconds, {ROUNDS} rounds")
    print(f"{'look-up by primary key':28} {statistics.median(bare):6.2f} {p95(bare):6.2f}")
    for role in ("executive", "team_member"):
        client = Client()
        client.force_login(User.objects.get(email=f"{role}@bench.example"))
        everything: list[float] = []
        print(f"\n{role:28} median    p95  found")
        for question in QUESTIONS:

            def ask(client: Client = client, question: str = question) -> Any:
                return client.get("/t/bench/search/suggest/", {"q": question})

            found = sum(len(group["items"]) for group in ask().json()["groups"])
            times = timed(ask)
            everything += times
            print(f"{question:28} {statistics.median(times):6.1f} {p95(times):6.1f}  {found}")
        ratio = statistics.median(everything) / statistics.median(bare)
        print(f"{'all questions':28} {statistics.median(everything):6.1f} {p95(everything):6.1f}")
        print(f"all questions / look-up by primary key: {ratio:.0f}")
        nothing = statistics.median(timed(lambda client=client: client.get("/t/bench/search/suggest/")))
        print(f"an empty question (session, member, permission): {nothing:.1f}")


def main() -> None:
    owner = os.environ["MIGRATION_DATABASE_URL"]
    try:
        new = make_database()
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4value.settings")
        django.setup()
        if new:
            start = time.perf_counter()
            fill(os.environ["MIGRATION_DATABASE_URL"])
            print(f"filled in {time.perf_counter() - start:.0f} s")
        measure()
    finally:
        if not os.environ.get("KEEP"):
            drop_database(owner)


if __name__ == "__main__":
    main()
