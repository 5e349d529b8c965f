"""How the editor of a plan feels at 5 000 tasks in Chromium, beside an empty page of the same size in the same run.

    python -m bench.gantt                (servers named by the environment: eval "$(bin/servers env)"; Chromium)

On a database of its own, with the product served by gunicorn. Prints:
- usable: from navigation to the first rows and bars on the screen, medians; aim: under 1 500 ms;
- frames while scrolling and while dragging a bar: 95th percentile and longest, ours and the empty page's; aim: no
  frame more than 50 ms over the empty page's longest;
- confirmed: from letting a bar go to the recalculated rows on the screen, medians; aim: under 300 ms.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.database import ROOT, load, own_database, vacuum

FRAMES = """() => {
  const times = [];
  let last = performance.now();
  window.benchRunning = true;
  const frame = (now) => {
    times.push(now - last);
    last = now;
    if (window.benchRunning) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.benchFrames = () => { window.benchRunning = false; return times.slice(2); };
}"""
CONFIRMED = """() => {
  window.benchConfirmed = new Promise((resolve) => {
    window.addEventListener("pointerup", () => {
      const start = performance.now();
      const waits = () => document.querySelector(".gg-pending");
      const look = () => (waits() ? requestAnimationFrame(look) : resolve(performance.now() - start));
      requestAnimationFrame(look);
    }, { once: true, capture: true });
  });
}"""
EMPTY = (
    "<body style='margin:0'><div style='position:fixed;inset:0;overflow:auto'>"
    "<div style='width:{w}px;height:{h}px'></div></div>"
)
SIZE = "(() => { const box = document.querySelector('.gg-inner'); return [box.offsetWidth, box.offsetHeight]; })()"
TIMING = """(() => {
  const rows = performance.getEntriesByType("resource").find((one) => one.name.endsWith("/gantt/"));
  return [performance.getEntriesByType("navigation")[0].responseEnd, rows.startTime, rows.responseEnd];
})()"""


def make_plan(tasks: int) -> tuple[Any, Any]:
    """A project of `tasks` in summaries of ten, each waiting for the one before and every other for one more."""
    from django.conf import settings
    from django.test import Client

    from portfolio.people.models import Pole
    from portfolio.planning.models import Dependency, Task, TaskKind
    from portfolio.planning.scheduling import load_plan, renumber, reschedule
    from portfolio.projects.models import Project
    from tech4value.accounts.actions import add_member
    from tech4value.accounts.permissions import Role
    from tech4value.audit.actor import SYSTEM
    from tech4value.audit.writing import create, create_many
    from tech4value.billing.models import Plan, Subscription
    from tech4value.tenancy.clock import today

    day = today()
    create(SYSTEM, Subscription(plan=Plan.ENTERPRISE, started_on=day))
    pole = create(SYSTEM, Pole(code="IT", name="Informatique"))
    begins = day - timedelta(days=200)
    project = create(
        SYSTEM, Project(code="BENCH", name="Banc", pole=pole, starts_on=begins, ends_on=day + timedelta(days=900))
    )
    start = datetime.combine(begins, datetime.min.time()).replace(hour=9)
    rows: list[Task] = []
    parent = None
    for number in range(tasks):
        kind = TaskKind.SUMMARY if number % 11 == 0 else TaskKind.TASK
        row = Task(
            project=project, position=number, name=f"Tâche {number}", kind=kind, starts_at=start, ends_at=start,
            duration_minutes=420 * (1 + number % 5), parent=None if kind == TaskKind.SUMMARY else parent,
        )  # fmt: skip
        parent = row if kind == TaskKind.SUMMARY else parent
        rows.append(row)
    create_many(SYSTEM, rows)
    leaves = [row for row in rows if row.kind == TaskKind.TASK]
    # Forty chains side by side, as in a plan of several teams.
    pairs = {(leaves[index - 40].pk, leaves[index].pk) for index in range(40, len(leaves))}
    pairs |= {(leaves[index - 41].pk, leaves[index].pk) for index in range(41, len(leaves), 2)}
    # Hundreds that cross every window, from one end of the plan to the other.
    pairs |= {(leaves[index - 2000].pk, leaves[index].pk) for index in range(2000, len(leaves), 7)}
    create_many(
        SYSTEM, [Dependency(project=project, predecessor_id=one, successor_id=two) for one, two in sorted(pairs)]
    )
    plan = load_plan(project)
    renumber(plan)
    reschedule(actor=SYSTEM, project=project, plan=plan)
    member = add_member(actor=SYSTEM, email="bench@bench.example", name="Bench", role=Role.PMO)
    client = Client()
    client.force_login(member.user)
    return project, client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def served() -> Iterator[str]:
    """The product behind gunicorn, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    gunicorn = Path(sys.executable).parent / "gunicorn"
    command = [str(gunicorn), "tech4value.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    with tempfile.TemporaryFile() as log:
        web = subprocess.Popen([*command, "--no-control-socket"], cwd=ROOT, stdout=log, stderr=log)
        try:
            for _attempt in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            web.terminate()
            web.wait()


def frames(page: Any, act: Any) -> tuple[float, float]:
    """The 95th percentile and the longest of the frames while `act` runs, in milliseconds."""
    page.evaluate(FRAMES)
    act()
    times = sorted(page.evaluate("window.benchFrames()"))
    return times[int(len(times) * 0.95) - 1], times[-1]


def scroll(page: Any) -> None:
    page.mouse.move(900, 600)
    for step in range(90):
        page.mouse.wheel(0, 120 if step % 30 < 20 else -100)  # a notch a frame: as fast as a hand
        page.wait_for_timeout(16)


def drag(page: Any, x: float, y: float) -> None:
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(x + step * 3, y + (step % 3))
        page.wait_for_timeout(16)


def bar(page: Any) -> dict[str, float]:
    """A bar that is wholly in the window."""
    found: dict[str, float] = page.evaluate(
        """() => {
          const frame = document.querySelector(".gg-scroll").getBoundingClientRect();
          const left = frame.left + document.querySelector(".gg-left").offsetWidth + 40;
          const seen = [...document.querySelectorAll(".gantt-bar.gg-bar")].map((one) => one.getBoundingClientRect());
          const inside = (one) => one.left > left && one.right < frame.right - 260 && one.top > frame.top + 80;
          const one = seen.find((box) => inside(box) && box.bottom < frame.bottom - 40 && box.width > 20);
          return { x: one.left + one.width / 2, y: one.top + 7 };
        }"""
    )
    return found


def run(tasks: int, rounds: int) -> None:
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    from tech4value.tenancy.context import tenant_context
    from tech4value.tenancy.models import Tenant

    tenant = Tenant.objects.create(slug="bench", name="Bench")
    with tenant_context(tenant):
        project, session = make_plan(tasks)
    vacuum()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
        context.set_default_timeout(120_000)  # on a busy machine the first page, which imports everything, is long
        page = context.new_page()
        print(f"{tasks} tasks; {load()}", flush=True)
        usable = []
        for _round in range(rounds + 1):
            page.goto(f"{url}/t/bench/plans/project/{project.pk}/")
            page.wait_for_selector("#gantt[data-ready]")
            usable.append(page.evaluate("performance.getEntriesByName('gantt-ready')[0].startTime"))
        timing = page.evaluate(TIMING)
        print(f"usable     {statistics.median(usable[1:]):.0f} ms   (aim: under 1 500; first {usable[0]:.0f})")
        print(f"           page {timing[0]:.0f}, rows asked at {timing[1]:.0f} and there at {timing[2]:.0f}")
        size = page.evaluate(SIZE)
        page.wait_for_timeout(1500)
        ours = frames(page, lambda: scroll(page))
        page.evaluate("document.querySelector('.gg-scroll').scrollTop = 0")
        page.click("[data-zoom=day]")
        page.evaluate("document.querySelector('.gg-scroll').scrollLeft -= 0")
        page.wait_for_timeout(500)
        find_bars(page)
        place = bar(page)
        dragged = frames(page, lambda: drag(page, place["x"], place["y"]))
        page.keyboard.press("Escape")
        page.mouse.up()
        confirmed, followed = [], []
        page.on("response", lambda one: one.url.endswith("/edits/") and followed.append(one))
        for step in range(rounds):
            page.wait_for_timeout(400)
            find_bars(page)
            place = bar(page)
            page.evaluate(CONFIRMED)
            page.mouse.move(place["x"], place["y"])
            page.mouse.down()
            page.mouse.move(place["x"] + (60 if step % 2 == 0 else -60), place["y"], steps=3)
            page.mouse.up()
            confirmed.append(page.evaluate("window.benchConfirmed"))
        rows = [len(one.json()["rows"]) for one in followed]
        empty = context.new_page()
        empty.set_content(EMPTY.format(w=size[0], h=size[1]))
        empty.wait_for_timeout(500)
        blank = frames(empty, lambda: scroll(empty))
        still = frames(empty, lambda: drag(empty, 900, 500))
        browser.close()
    for word, mine, other in (("scrolling", ours, blank), ("dragging", dragged, still)):
        print(
            f"{word:10} 95th {mine[0]:.0f} ms, longest {mine[1]:.0f}; empty page {other[0]:.0f} and {other[1]:.0f}; "
            f"ratios {mine[0] / other[0]:.2f} and {mine[1] / other[1]:.2f}; "
            f"beyond {mine[1] - other[1]:.0f} ms (aim: under 50)"
        )
    each = ", ".join(f"{one:.0f} for {count} rows" for one, count in zip(confirmed, rows, strict=True))
    print(f"confirmed  {statistics.median(confirmed):.0f} ms   (aim: under 300; {each})")
    print(load())


def find_bars(page: Any) -> None:
    """Scroll to the shortest bar of the lines that are seen, with room on its right for a drag."""
    page.evaluate(
        """() => {
          const box = document.querySelector(".gg-scroll");
          const frame = box.getBoundingClientRect();
          const left = frame.left + document.querySelector(".gg-left").offsetWidth + 60;
          const seen = [...document.querySelectorAll(".gantt-bar.gg-bar")].map((one) => one.getBoundingClientRect());
          const lines = seen.filter((one) => one.top > frame.top + 80 && one.bottom < frame.bottom - 40);
          const bars = lines.filter((one) => one.width > 20).sort((a, b) => a.width - b.width);
          box.scrollLeft += bars[0].left - left;
        }"""
    )
    page.wait_for_timeout(300)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.gantt")
    parser.add_argument("--tasks", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with own_database("bench_gantt"):
        run(given.tasks, given.rounds)


if __name__ == "__main__":
    main()
