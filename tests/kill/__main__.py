"""`python -m tests.kill [--rounds 30] [--seed N] [--port 8199]`: exit code 1 when a round leaves something wrong."""

import argparse
import os
import random
import subprocess
import sys
import time
from typing import Any

from tests.kill.people import TENANT, Answers, Person, Saver, start_import, start_pack
from tests.kill.site import ROOT, Site
from tests.kill.workbook import workbook_of

VICTIMS = ("worker", "pdf", "postgres", "redis", "worker", "postgres", "redis", "web", "beat")
SAVERS = 2
# Jobs that a dead worker leaves are resumed after 30 s of silence; twice, and the time to run them.
JOBS_PATIENCE = 240.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kill")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=None, help="the same kills at the same moments")
    parser.add_argument("--port", type=int, default=8199)
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}", flush=True)
    with Site(given.port) as site:
        return _rounds(site, given.rounds, random.Random(seed))


def _rounds(site: Site, rounds: int, chance: random.Random) -> int:
    os.environ.update(site.environment)
    import django

    django.setup()
    project = _seed()
    for name in site.commands:
        site.start(name)
    site.wait_for_web()
    answers, wrong = Answers(), 0
    from tests.world import PASSWORD

    people = [Person(site.url, f"{name}@atelier.example", PASSWORD) for name in ("pmo", "admin")]
    for number in range(1, rounds + 1):
        start = time.monotonic()
        victims = _round(site, people, project, number, answers, chance)
        found = _verify(site, answers, number)
        wrong += bool(found)
        print(
            f"round {number}: {' + '.join(victims)} killed; {len(answers.created)} saves promised so far, "
            f"{len(answers.unanswered)} unanswered; {time.monotonic() - start:.0f} s; "
            f"{'well' if not found else 'WRONG'}",
            flush=True,
        )
        for problem in found[:20]:
            print(f"    {problem}", flush=True)
    print(f"{rounds} rounds, {wrong} wrong; load {os.getloadavg()[0]:.1f}")
    return 1 if wrong else 0


def _seed() -> str:
    """The cast of the tests, a pole and a project; returns the project's key."""
    from datetime import date

    from portfolio.people.models import Pole
    from portfolio.projects.models import Project
    from tech4value.audit.actor import SYSTEM
    from tech4value.audit.writing import create
    from tests.world import make_world

    world = make_world()
    with world.within():
        pole = create(SYSTEM, Pole(code="IT", name="Informatique"))
        days = {"starts_on": date(2026, 1, 5), "ends_on": date(2028, 12, 31)}
        return str(create(SYSTEM, Project(code="KILL", name="Ce qui reste", pole=pole, **days)).pk)


def _round(
    site: Site, people: list[Person], project: str, number: int, answers: Answers, chance: random.Random
) -> list[str]:
    """People work, parts die and come back, people stop; returns the parts that died."""
    savers = [
        Saver(person, project, f"R{number}-{index}", chance.randrange(10**9))
        for index, person in enumerate(people[:SAVERS])
    ]
    for saver in savers:
        saver.start()
    start_import(people[0], workbook_of(number), answers)
    start_pack(people[0], answers)
    victims = chance.sample(sorted(set(VICTIMS)), k=1) if chance.random() < 0.3 else [chance.choice(VICTIMS)]
    if chance.random() < 0.35:
        victims = sorted({*victims, chance.choice(VICTIMS)})
    time.sleep(chance.uniform(0, 5))
    for victim in victims:
        site.kill(victim)
    time.sleep(chance.uniform(0.2, 3))
    for victim in victims:
        site.start(victim)
    site.wait_for_web()
    time.sleep(chance.uniform(0.5, 2))
    for saver in savers:
        saver.stopped.set()
    for saver in savers:
        saver.join(60)
        if saver.failure:
            raise saver.failure
        answers.created |= saver.answers.created
        answers.unanswered |= saver.answers.unanswered
        answers.titles |= saver.answers.titles
        for key, titles in saver.answers.perhaps.items():
            answers.perhaps.setdefault(key, set()).update(titles)
    return victims


def _verify(site: Site, answers: Answers, number: int) -> list[str]:
    from django.db import connection

    from tech4value.tenancy.models import Tenant
    from tests.kill.verification import problems, unfinished

    connection.close()  # its server may have been killed
    tenant = Tenant.objects.get(slug=TENANT)
    limit = time.monotonic() + JOBS_PATIENCE
    while left := unfinished(tenant):
        if time.monotonic() > limit:
            return [f"turns for ever: {job}" for job in left]
        time.sleep(0.5)
    # Whatever was unanswered is over too: PostgreSQL ends the statements of a client that is gone.
    journal: Any = subprocess.run(
        [sys.executable, "manage.py", "verify_journal"],
        cwd=ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    broken = [] if journal.returncode == 0 else [journal.stdout + journal.stderr]
    site.check()
    return broken + list(problems(tenant, answers, number))


if __name__ == "__main__":
    sys.exit(main())
