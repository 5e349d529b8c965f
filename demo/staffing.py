"""Who works how much on which project, so that each project has its full-time equivalents and each pole its load.

Two sets of sums must hold at once: by project (given) and by pole (load x capacity). The rough table of the story is
brought to both by iterative proportional fitting (Deming and Stephan, 1940), then people are placed in its cells one
after the other, so that nearly everybody works on one project and a few on two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demo.cast import Member
from demo.story import CompanyStory

ROUNDS = 200
# Nobody is on a project for less than this share of their time.
SMALLEST = 0.12


@dataclass(frozen=True, slots=True)
class Share:
    """A person on a project; `units` 1 is full time. `rank` deals the people of a cell between its tracks."""

    member: Member
    project: str
    units: float
    rank: int


def shares(company: CompanyStory, members: Sequence[Member]) -> list[Share]:
    """Every person's share of each project."""
    wanted = {
        pole.code: pole.load_percent / 100 * sum(float(one.capacity) for one in members if one.pole == pole.code)
        for pole in company.poles
    }
    table = fitted(company, wanted)
    found: list[Share] = []
    for pole in company.poles:
        people = [one for one in members if one.pole == pole.code and one.capacity]
        found += _placed(people, table[pole.code], pole.load_percent / 100)
    return found


def fitted(company: CompanyStory, by_pole: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Full-time equivalents by pole and project: poles sum to `by_pole` exactly, projects to theirs as far as the sum
    of all allows."""
    table = {
        pole.code: {project.code: project.staff.get(pole.code, 0.0) for project in company.projects}
        for pole in company.poles
    }
    scale = sum(by_pole.values()) / sum(project.fte for project in company.projects)
    for _round in range(ROUNDS):
        for project in company.projects:
            now = sum(row[project.code] for row in table.values())
            for row in table.values():
                row[project.code] *= project.fte * scale / now
        for code, row in table.items():
            now = sum(row.values())
            for project_code in row:
                row[project_code] *= by_pole[code] / now if now else 0
    return table


def _placed(people: Sequence[Member], cells: Mapping[str, float], load: float) -> list[Share]:
    """Fill the projects with people, the largest project first."""
    left = [(code, cells[code]) for code in sorted(cells, key=lambda code: -cells[code]) if cells[code] > 0]
    found: list[Share] = []
    ranks: dict[str, int] = {}
    for member in people:
        time = float(member.capacity) * load
        while left and time > 1e-6:
            code, room = left[0]
            units = min(time, room)
            rest = time - units
            if 0 < rest < SMALLEST and len(left) > 1:
                units, rest = time, 0.0  # the next project does without this sliver
            found.append(Share(member, code, units, ranks.get(code, 0)))
            ranks[code] = ranks.get(code, 0) + 1
            time, room = rest, room - units
            left[0] = (code, room)
            if room < SMALLEST and len(left) > 1:
                following, its_room = left[1]
                left[:2] = [(following, its_room + room)]
    return found
