"""The project of the messages' tests: Chloé leads it, Édouard sponsors it, Mehdi works in it, Pierre is the PMO."""

from tests.portfolio.planning.conftest import _french  # noqa: F401 - a fixture of every test
from tests.tech4value.notifications.conftest import clock, desk  # noqa: F401 - fixtures
