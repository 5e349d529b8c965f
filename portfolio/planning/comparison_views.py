"""The tab Écarts: the plan against a baseline, and the trend of its milestones."""

from functools import cached_property
from typing import Any, Final

from django.core.paginator import Paginator
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portfolio.people.pages import PAGE_SIZE
from portfolio.planning.baseline_comparison import (
    Comparison,
    MilestoneTrends,
    compare,
    milestone_trends,
    sorted_lines,
)
from portfolio.planning.domain.durations import in_days
from portfolio.projects.pages import ProjectPage
from tech4value.accounts.permissions import Permission
from tech4value.figures.chart import LineChart, Series
from tech4value.tenancy.clock import today
from tech4value.web.formats import calendar_days, date_short, working_days
from tech4value.web.tags.filters import number
from tech4value.web.views import asked_uuid

# A chart of more lines is not read: those that slipped most are drawn, the table holds all.
DRAWN: Final = 8


class ComparisonView(ProjectPage):
    """The tab. The cost of a change of work is shown to those who may see the budget and the rates it is made of."""

    permission = Permission.PLAN_VIEW
    template_name = "portfolio/planning/comparison.html"

    @cached_property
    def sees_costs(self) -> bool:
        return self.may(Permission.BUDGET_VIEW) and self.request.member.can(Permission.RATE_VIEW)

    def tab_context(self) -> dict[str, Any]:
        found = compare(self.project, asked_uuid(self.request.GET.get("baseline", "")), costs=self.sees_costs)
        trends = milestone_trends(self.project, today())
        sort = self.request.GET.get("sort", "")
        if not self.sees_costs and sort.lstrip("-") == "cost":
            sort = ""
        return {
            "found": found,
            "message": message(found),
            "page": Paginator(sorted_lines(found.lines, sort), PAGE_SIZE).get_page(self.request.GET.get("page")),
            "sees_costs": self.sees_costs,
            "currency": self.request.tenant.currency,
            "trends": trends,
            "chart": trend_chart(trends),
            "may_edit": self.may(Permission.PLAN_EDIT),
        }


def message(found: Comparison) -> str:
    """The one thing to know of the comparison."""
    if found.baseline is None:
        return ""
    language = get_language() or "fr"
    slip = working_days(abs(in_days(found.slip, found.day)), language)
    if found.slip > 0:
        end = _("Le plan finit %(days)s après la référence") % {"days": slip}
    elif found.slip < 0:
        end = _("Le plan finit %(days)s avant la référence") % {"days": slip}
    else:
        end = _("Le plan finit comme dans la référence")
    later = ngettext("%(n)s tâche finit plus tard", "%(n)s tâches finissent plus tard", found.later)
    return _("%(end)s ; %(later)s.") % {"end": end, "later": later % {"n": number(found.later)}}


def trend_chart(trends: MilestoneTrends) -> LineChart | None:
    """The slippage chart: reports along, forecast dates up; the grey diagonal is the day of the report."""
    if not trends.milestones or len(trends.reports) < 2:
        return None
    language = get_language() or "fr"
    worst = sorted(trends.milestones, key=lambda one: (-(one.slip_days or 0), one.name))[:DRAWN]
    drawn = [one for one in trends.milestones if one in worst]
    return LineChart(
        title=_trend_message(trends),
        categories=tuple(date_short(day, language) for day in trends.reports),
        series=(
            Series(_("Date du point"), tuple(day.toordinal() for day in trends.reports), "plan"),
            *(
                Series(one.name, tuple(None if day is None else day.toordinal() for day in one.shown))
                for one in drawn
            ),
        ),
        unit="date",
        from_zero=False,
    )


def _trend_message(trends: MilestoneTrends) -> str:
    late = [one for one in trends.milestones if (one.slip_days or 0) > 0]
    if not late:
        return _("Aucun jalon n’a glissé depuis sa promesse")
    worst = max(late, key=lambda one: one.slip_days or 0)
    text = ngettext(
        "%(n)s jalon a glissé : « %(name)s » de %(days)s",
        "%(n)s jalons ont glissé, « %(name)s » de %(days)s",
        len(late),
    )
    gap = calendar_days(worst.slip_days, get_language() or "fr")
    return text % {"n": number(len(late)), "name": worst.name, "days": gap}
