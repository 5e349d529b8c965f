"""Small problems with everything in them: modes, pauses, steps, links of all types, dates, weights."""

from hypothesis import strategies as st

from portfolio.capacity.domain.levelling.problem import Activity, Link, Mode, Problem, Project, Resource
from portfolio.planning.domain.network import DependencyType

RESOURCES = ("R", "S")
PROJECTS = ("P", "Q")


@st.composite
def steps(draw: st.DrawFn, most: int = 3) -> tuple[tuple[int, int], ...]:
    instants = draw(st.lists(st.integers(-2, 8), max_size=3, unique=True).map(sorted))
    counts = [draw(st.integers(0, most)) for _ in instants]
    # What there is in the end is enough for every demand: else most problems would have no solution.
    return (*zip(instants, counts, strict=True), (9, most))


@st.composite
def modes(draw: st.DrawFn) -> Mode:
    edges = draw(st.lists(st.integers(0, 9), max_size=4, unique=True).map(sorted))
    pauses = tuple(zip(edges[::2], edges[1::2], strict=False))
    demands = draw(st.dictionaries(st.sampled_from(RESOURCES), st.integers(0, 3), max_size=2))
    return Mode(draw(st.integers(0, 3)), tuple(demands.items()), pauses if draw(st.booleans()) else ())


@st.composite
def problems(draw: st.DrawFn, dated: bool = True, size: int = 4) -> Problem:
    """`dated`: with deadlines, fixed dates and maximum lags, so that there may be no solution."""
    keys = "ABCDE"[: draw(st.integers(1, size))]
    activities = []
    for key in keys:
        deadline = draw(st.none() | st.integers(1, 14)) if dated else None
        fixed = draw(st.none() | st.none() | st.integers(0, 8)) if dated else None
        found = tuple(draw(st.lists(modes(), min_size=1, max_size=2)))
        release = draw(st.integers(0, 3))
        activities.append(Activity(key, found, draw(st.sampled_from(PROJECTS)), release, deadline, fixed))
    links = []
    for index, one in enumerate(keys):
        for other in keys[index + 1 :]:
            if draw(st.booleans()):
                lag = draw(st.integers(-2, 2))
                most = draw(st.none() | st.integers(lag, lag + 3)) if dated else None
                links.append(Link(one, other, draw(st.sampled_from(DependencyType)), lag, most))
    projects = [Project(key, draw(st.integers(0, 3)), draw(st.integers(0, 6))) for key in PROJECTS]
    resources = [Resource(key, draw(steps())) for key in RESOURCES]
    return Problem(tuple(activities), tuple(links), tuple(resources), tuple(projects))
