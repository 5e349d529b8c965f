"""The dashboard with 1, 100 and 1 000 tenants in the database: what others hold must cost nothing.

    python -m bench.tenants [--projects 30] [--most 1000]

On a database of its own; every tenant is as large as the first. Prints the median milliseconds of the same page
of the first tenant, and each over the first.
"""

import argparse

from bench.database import load, own_database, vacuum
from bench.tenants_seed import keep_as_model, make_likeness, make_portfolio, make_tasks
from bench.timing import medians

ROUNDS = 15


def run(projects: int, sizes: list[int]) -> None:
    from django.db import reset_queries
    from django.test import Client

    from tech4value.tenancy.context import tenant_context
    from tech4value.tenancy.models import Tenant

    first = Tenant.objects.create(slug="bench", name="Bench")
    with tenant_context(first):
        member = make_portfolio(projects)
        make_tasks(projects * 20)
        keep_as_model()
    client = Client()
    client.force_login(member.user)

    def page() -> None:
        assert client.get("/t/bench/dashboard/").status_code == 200

    alone = 0.0
    made = 1
    for size in sizes:
        for number in range(made, size):
            other = Tenant.objects.create(slug=f"bench-{number}", name=f"Bench {number}")
            with tenant_context(other):
                make_likeness()
        made = size
        vacuum()
        reset_queries()
        (time,) = medians([page], ROUNDS)
        alone = alone or time
        print(f"{size:>5} tenants: {time:.0f} ms, x {time / alone:.2f}   ({load()})", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.tenants")
    parser.add_argument("--projects", type=int, default=30)
    parser.add_argument("--most", type=int, default=1000)
    given = parser.parse_args()
    with own_database("bench_tenants"):
        run(given.projects, sorted({1, min(100, given.most), given.most}))


if __name__ == "__main__":
    main()
