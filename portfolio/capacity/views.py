"""Load against capacity: poles by month, then persons, then the tasks that make a person's month."""

from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.capacity.domain.load import LoadState
from portfolio.capacity.forms import CapacityFilter, asked_month
from portfolio.capacity.heatmap import STATE_WORDS, HeatRow, Month, grouped, heat_row, load_figure
from portfolio.capacity.queries import (
    MONTHS_SHOWN,
    LoadFilters,
    PersonMonth,
    PoleMonth,
    full_time_minutes,
    person_load,
    pole_load,
    task_load,
    total,
)
from portfolio.people.models import Person, Pole
from portfolio.people.queries import working_calendar
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.models import Assignment
from portfolio.planning.views import explanation_layout
from portfolio.projects.models import Project
from portfolio.projects.queries import ProjectFilters, filtered
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.audit.origins import origins
from tech4value.figures.figure import Figure, RowRef
from tech4value.tenancy.clock import today
from tech4value.web.formats import days, fte
from tech4value.web.views import MemberView

WITHOUT_POLE = "none"


class CapacityView(MemberView):
    """What the pages share: the filters, the period, the language, the addresses of the cells."""

    permission = Permission.CAPACITY_VIEW

    @cached_property
    def filter(self) -> CapacityFilter:
        form = CapacityFilter(self.request.GET)
        form.is_valid()
        return form

    @cached_property
    def first(self) -> date:
        return asked_month(self.filter.cleaned_data.get("start"), today())

    @property
    def language(self) -> str:
        return get_language() or "fr"

    @property
    def in_fte(self) -> bool:
        return self.filter.cleaned_data.get("unit") == "fte"

    def filters(self, poles: tuple[UUID, ...] | None = None) -> LoadFilters:
        """What the chips ask; `poles` instead of the chip's."""
        asked = self.filter.cleaned_data
        pole = asked.get("pole")
        chosen = poles if poles is not None else (pole.pk,) if pole else ()
        programme, sponsor = asked.get("programme"), asked.get("sponsor")
        projects = None
        if programme or sponsor:
            wanted = ProjectFilters(programme=getattr(programme, "pk", None), sponsor=getattr(sponsor, "pk", None))
            projects = filtered(Project.objects.all(), wanted).order_by().values("pk")
        return LoadFilters(poles=chosen, projects=projects)

    def with_query(self, url: str) -> str:
        """The address, with this page's filters."""
        query = self.request.GET.urlencode()
        return f"{url}?{query}" if query else url

    def as_of(self) -> datetime | None:
        """When an assignment last changed."""
        latest: datetime | None = Assignment.everything.aggregate(latest=Max("updated_at"))["latest"]
        return latest

    def explained(self, figure: Figure, one: Month) -> HttpResponse:
        """A cell's figure, with its word."""
        context = {
            "figure": figure,
            "layout": explanation_layout(self.request),
            "state": one.state,
            "word": STATE_WORDS[one.state],
        }
        return render(self.request, "portfolio/capacity/explain.html", context)

    def table(self, name: str, rows: list[HeatRow], months: tuple[date, ...]) -> dict[str, Any]:
        """What the heatmap's template needs."""
        return {
            "filter": self.filter,
            "heading": name,
            "rows": rows,
            "months": months,
            "earlier": f"{_shifted(months[0], -6):%Y-%m}" if months and months[0].year > 2000 else "",
            "later": f"{_shifted(months[0], 6):%Y-%m}" if months and months[0].year < 2100 else "",
            "states": [(state.value, STATE_WORDS[state]) for state in LoadState if state is not LoadState.NONE],
        }


class HeatmapView(CapacityView):
    """Each pole in each of twelve months, and all together."""

    def get(self, request: MemberRequest) -> HttpResponse:
        loads = pole_load(self.first, MONTHS_SHOWN, self.filters())
        groups = grouped(loads, attrgetter("pole_id"))
        rows = [self._row(group) for group in groups]
        months = tuple(row.month for row in groups[0]) if groups else ()
        if len(groups) > 1:
            sums: list[Month] = [total(loads, month) for month in months]
            rows.append(
                heat_row(_("Ensemble"), sums, self.language, url="", explain=lambda one: "", in_fte=self.in_fte)
            )
        context = self.table(_("Charge et capacité"), rows, months)
        context |= {"has_total": len(groups) > 1, "overloads": _overloads(loads), "any": bool(rows)}
        context["anybody"] = bool(rows) or Person.objects.exists()
        return render(request, "portfolio/capacity/heatmap.html", context)

    def _row(self, group: list[PoleMonth]) -> HeatRow:
        first = group[0]
        key = str(first.pole_id or WITHOUT_POLE)
        return heat_row(
            first.pole,
            group,
            self.language,
            url=self.with_query(reverse("capacity:pole", args=[key])),
            explain=lambda one: self.with_query(reverse("capacity:explain_pole", args=[key, f"{one.month:%Y-%m}"])),
            in_fte=self.in_fte,
        )


class OfPole(CapacityView):
    """What a view of one pole needs; its route takes `pole`, a key or the word for no pole."""

    @cached_property
    def pole(self) -> Pole | None:
        key = self.kwargs["pole"]
        if key == WITHOUT_POLE:
            return None
        try:
            found: Pole = get_object_or_404(Pole, pk=UUID(key))
        except ValueError as error:
            raise Http404 from error
        return found

    @property
    def name(self) -> str:
        return self.pole.name if self.pole else _("Sans pôle")

    def persons(self, first: date, months: int) -> tuple[PersonMonth, ...]:
        """The months of the pole's persons."""
        if self.pole is not None:
            return person_load(first, months, self.filters((self.pole.pk,)))
        homeless = set(Person.objects.exclude(pole__in=Pole.objects.all()).values_list("pk", flat=True))
        return tuple(row for row in person_load(first, months, self.filters(())) if row.person_id in homeless)


class PoleView(OfPole):
    """The persons of a pole, month by month."""

    def get(self, request: MemberRequest, pole: str) -> HttpResponse:
        loads = self.persons(self.first, MONTHS_SHOWN)
        groups = grouped(loads, attrgetter("person_id"))
        rows = [self._row(group) for group in groups]
        months = tuple(row.month for row in groups[0]) if groups else ()
        if len(groups) > 1:
            sums: list[Month] = [total(loads, month) for month in months]
            rows.append(heat_row(self.name, sums, self.language, url="", explain=lambda one: "", in_fte=self.in_fte))
        context = self.table(self.name, rows, months)
        context |= {"has_total": len(groups) > 1, "pole": self.pole, "any": bool(rows)}
        context["back_url"] = self.with_query(reverse("capacity:heatmap"))
        return render(request, "portfolio/capacity/pole.html", context)

    def _row(self, group: list[PersonMonth]) -> HeatRow:
        first = group[0]
        return heat_row(
            first.person,
            group,
            self.language,
            url="",
            explain=lambda one: self.with_query(
                reverse("capacity:explain_person", args=[first.person_id, f"{one.month:%Y-%m}"])
            ),
            in_fte=self.in_fte,
        )


class ExplainPoleView(OfPole):
    """A pole's month: its formula, and the persons it is summed from."""

    def get(self, request: MemberRequest, pole: str, month: str) -> HttpResponse:
        first = asked_month(month, today())
        persons = self.persons(first, 1)
        one = total(persons, first)
        rows = tuple(
            RowRef(
                _("%(person)s : %(load)s pour %(capacity)s")
                % {
                    "person": row.person,
                    "load": fte(row.load_fte, self.language),
                    "capacity": fte(row.capacity_fte, self.language),
                },
                row.ratio,
                url=self.with_query(reverse("capacity:explain_person", args=[row.person_id, f"{first:%Y-%m}"])),
                source=_("Plans et calendriers"),
            )
            for row in sorted(persons, key=lambda row: -row.load_minutes)
        )
        figure = load_figure(
            self.name,
            one,
            full_time_minutes=full_time_minutes([first])[first],
            day_minutes=day_minutes(working_calendar(None)),
            rows=rows,
            rows_url=self.with_query(reverse("capacity:pole", args=[self.kwargs["pole"]])),
            as_of=self.as_of(),
            language=self.language,
        )
        context = {
            "figure": figure,
            "layout": explanation_layout(request),
            "state": one.state,
            "word": STATE_WORDS[one.state],
        }
        return render(request, "portfolio/capacity/explain.html", context)


class ExplainPersonView(CapacityView):
    """A person's month: its formula, and the tasks it is made of."""

    def get(self, request: MemberRequest, person_id: UUID, month: str) -> HttpResponse:
        person = get_object_or_404(Person, pk=person_id)
        first = asked_month(month, today())
        filters = self.filters(())
        mine = [row for row in person_load(first, 1, filters) if row.person_id == person.pk]
        if not mine:
            raise Http404
        day = day_minutes(working_calendar(None))
        tasks = task_load(person, first, filters)
        known = origins(task.task_id for task in tasks)
        rows = tuple(
            RowRef(
                f"{task.project}, {task.task} ({days(task.minutes / day, self.language)})",
                task.minutes / mine[0].capacity_minutes if mine[0].capacity_minutes else None,
                url=reverse("planning:project", args=[task.project_id]),
                source=known.get(task.task_id, ""),
            )
            for task in tasks
        )
        figure = load_figure(
            person.name,
            mine[0],
            full_time_minutes=full_time_minutes([first])[first],
            day_minutes=day,
            rows=rows,
            rows_url="",
            as_of=self.as_of(),
            language=self.language,
        )
        state = mine[0].state
        context = {
            "figure": figure,
            "layout": explanation_layout(request),
            "state": state,
            "word": STATE_WORDS[state],
        }
        return render(request, "portfolio/capacity/explain.html", context)


def _shifted(month: date, by: int) -> date:
    index = month.year * 12 + month.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)


def _overloads(loads: tuple[PoleMonth, ...]) -> list[tuple[str, list[date]]]:
    """The poles that are overloaded, with the months."""
    found: dict[str, list[date]] = {}
    for row in loads:
        if row.state is LoadState.OVER:
            found.setdefault(row.pole, []).append(row.month)
    return list(found.items())
