"""Load against capacity: the heatmap by pole, person, team, skill or profile, and what makes each of its cells."""

from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portfolio.capacity.domain.load import Grain, LoadState
from portfolio.capacity.forms import CapacityFilter, asked_period
from portfolio.capacity.grid import Grid, GridCell, Grouping, cells_of, grid, people_of
from portfolio.capacity.heatmap import STATE_WORDS, CellWriter, heads, in_fte, load_figure, period_name, slug_of
from portfolio.capacity.models import Allocation
from portfolio.capacity.person_rows import rows_of_person
from portfolio.capacity.queries import LoadFilters, full_time_in
from portfolio.capacity.ways_out import way_out
from portfolio.people.models import Person, Pole
from portfolio.people.queries import working_calendar, working_day_minutes
from portfolio.people.views import sees_reasons
from portfolio.planning.models import Assignment
from portfolio.planning.views import explanation_layout
from portfolio.projects.models import Project
from portfolio.projects.queries import ProjectFilters, filtered
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.figures.figure import RowRef
from tech4value.tenancy.clock import today
from tech4value.web.formats import fte
from tech4value.web.views import MemberView

WITHOUT_POLE: Final = "none"
SHOWN: Final = {Grain.MONTH: 12, Grain.WEEK: 52}
STEP: Final = {Grain.MONTH: 6, Grain.WEEK: 13}


class CapacityView(MemberView):
    """What the pages share: the filters, the period, the language, the addresses of the cells."""

    permission = Permission.CAPACITY_VIEW

    @cached_property
    def filter(self) -> CapacityFilter:
        form = CapacityFilter(self.request.GET)
        form.is_valid()
        return form

    @cached_property
    def grain(self) -> Grain:
        return Grain(self.filter.cleaned_data.get("grain") or Grain.MONTH)

    @cached_property
    def first(self) -> date:
        return asked_period(self.filter.cleaned_data.get("start"), self.grain, today())

    @property
    def language(self) -> str:
        return get_language() or "fr"

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
        """When an assignment or an allocation last changed."""
        stamps = [
            model.everything.aggregate(latest=Max("updated_at"))["latest"] for model in (Assignment, Allocation)
        ]
        return max((one for one in stamps if one is not None), default=None)


class HeatmapView(CapacityView):
    """Rows by what the chips ask, in each of twelve months or of fifty-two weeks."""

    template_name = "portfolio/capacity/heatmap.html"

    @property
    def by(self) -> Grouping:
        return Grouping(self.filter.cleaned_data.get("by") or Grouping.POLE)

    def figures(self) -> Grid:
        page = self.request.GET.get("page", "")
        return grid(
            self.request.member,
            self.by,
            self.grain,
            self.first,
            SHOWN[self.grain],
            self.filters(),
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
        )

    def get(self, request: MemberRequest, **kwargs: Any) -> HttpResponse:
        return render(request, self.template_name, self.table(self.figures()))

    def table(self, found: Grid) -> dict[str, Any]:
        """What the template draws."""
        writer = CellWriter(found, self.language, in_fte=self.filter.cleaned_data.get("unit") == "fte")
        by = self.by
        rows = [
            writer.row(row, self.address(by, row.key), reverse(f"capacity:{by}_cells", args=[row.key]))
            for row in found.rows
        ]
        if found.total:
            rows.append(writer.total(_("Ensemble")))
        start = found.periods[0]
        step = STEP[self.grain]
        return {
            "filter": self.filter,
            "heading": _("Charge et capacité"),
            "rows": SafeString("".join(rows)),
            "any": bool(found.rows),
            "anybody": bool(found.rows) or Person.objects.exists(),
            "heads": heads(found, self.language),
            "weekly": self.grain is Grain.WEEK,
            "first_column": dict(self.filter.fields["by"].choices)["" if by is Grouping.POLE else by.value],  # type: ignore[attr-defined]  # a choice field
            "overlaps": by.overlaps,
            "earlier": slug_of(self._moved(start, -step), self.grain) if start.year > 2000 else "",
            "later": slug_of(self._moved(start, step), self.grain) if start.year < 2100 else "",
            "step": self._step_words(step),
            "page_at": found.page,
            "pages": found.pages,
            "count": found.count,
            "overloads": self.overloads(found),
            "states": [(state.value, STATE_WORDS[state]) for state in LoadState if state is not LoadState.NONE],
        }

    def overloads(self, found: Grid) -> list[tuple[str, list[str]]]:
        """The poles that are overloaded, with the periods."""
        if self.by is not Grouping.POLE:
            return []
        over = [
            (
                row.name,
                [head for head, cell in zip(found.periods, row.cells, strict=True) if cell.state is LoadState.OVER],
            )
            for row in found.rows
        ]
        return [
            (name, [period_name(one, self.grain, self.language) for one in periods])
            for name, periods in over
            if periods
        ]

    def address(self, by: Grouping, key: str) -> str:
        """Where the name of a row leads: a pole to its persons, a person to their page."""
        if by is Grouping.POLE:
            return self.with_query(reverse("capacity:pole", args=[key]))
        if by is Grouping.PERSON:
            return reverse("people:person", args=[key])
        return reverse("capacity:project", args=[key]) if by is Grouping.PROJECT else ""

    def _moved(self, first: date, by: int) -> date:
        if self.grain is Grain.WEEK:
            return date.fromordinal(first.toordinal() + 7 * by)
        index = first.year * 12 + first.month - 1 + by
        return date(index // 12, index % 12 + 1, 1)

    def _step_words(self, step: int) -> str:
        if self.grain is Grain.WEEK:
            return ngettext("%(n)s semaine", "%(n)s semaines", step) % {"n": step}
        return ngettext("%(n)s mois", "%(n)s mois", step) % {"n": step}


class PoleView(HeatmapView):
    """The persons of a pole; its route takes `key`, a pole's or the word for no pole."""

    template_name = "portfolio/capacity/pole.html"
    by: ClassVar[Any] = Grouping.PERSON

    @cached_property
    def pole(self) -> Pole | None:
        return pole_of(self.kwargs["key"])

    def filters(self, poles: tuple[UUID, ...] | None = None) -> LoadFilters:
        if self.pole is not None:
            return super().filters((self.pole.pk,))
        homeless = Person.objects.exclude(pole__in=Pole.objects.all()).values_list("pk", flat=True)
        asked = super().filters(())
        return LoadFilters(projects=asked.projects, people=list(homeless))

    def table(self, found: Grid) -> dict[str, Any]:
        context = super().table(found)
        context["heading"] = self.pole.name if self.pole else _("Sans pôle")
        context["first_column"] = _("Personne")
        context["back_url"] = self.with_query(reverse("capacity:heatmap"))
        return context


def pole_of(key: str) -> Pole | None:
    """The pole of an address, None for the word that means none. 404 otherwise."""
    if key == WITHOUT_POLE:
        return None
    try:
        found: Pole = get_object_or_404(Pole, pk=UUID(key))
    except ValueError as error:
        raise Http404 from error
    return found


class CellView(CapacityView):
    """What makes a cell: its formula, and the persons of the row, or the work of the person.

    The route takes `key` and `period`, and `by` from its definition.
    """

    def get(self, request: MemberRequest, by: str, key: str, period: str = "") -> HttpResponse:
        grouping = Grouping(by)
        grain = Grain.WEEK if "W" in period else Grain.MONTH
        first = asked_period(period, grain, today())
        if grouping is Grouping.POLE:
            pole_of(key)
        found = people_of(
            request.member, grouping, key, first, grain, self.filters(() if grouping is Grouping.POLE else None)
        )
        if found is None:
            raise Http404
        name, persons = found
        cells = cells_of(persons, first, grain, self.filters(()))
        calendar = working_calendar(None)
        day = working_day_minutes(calendar)
        words = period_name(first, grain, self.language)
        away = None
        full = full_time_in(calendar, first, grain)
        if grouping is Grouping.PERSON:
            one = cells[persons[0].pk]
            reasons = sees_reasons(request.member, persons[0])
            rows, away = rows_of_person(
                persons[0], first, grain, self.filters(()).projects, one, day, reasons=reasons
            )
        else:
            # The booking of a profile that nobody fills is in the row, and in nobody.
            whole = grid(
                request.member,
                grouping,
                grain,
                first,
                1,
                self.filters(() if grouping is Grouping.POLE else None),
                only=key,
            )
            one = whole.rows[0].cells[0] if whole.rows else GridCell(0, 0)
            rows = self._rows(persons, cells, first, grain, full, one)
        figure = load_figure(
            name, one, words, full_time=full, day_minutes=day, rows=rows, rows_url="", as_of=self.as_of(), away=away
        )
        over = one.state in {LoadState.TIGHT, LoadState.OVER}
        context = {
            "figure": figure,
            "layout": explanation_layout(request),
            "state": one.state,
            "word": STATE_WORDS[one.state],
            "way_out": way_out(request.member, grouping, key, slug_of(first, grain)) if over else "",
        }
        return render(request, "portfolio/capacity/explain.html", context)

    def _rows(
        self,
        persons: list[Person],
        cells: dict[UUID, GridCell],
        first: date,
        grain: Grain,
        full: int,
        whole: GridCell,
    ) -> tuple[RowRef, ...]:
        """The persons, the most loaded first, and what nobody has yet."""
        slug = slug_of(first, grain)
        ordered = sorted(persons, key=lambda one: -cells[one.pk].load)
        rows = [
            RowRef(
                _("%(person)s : %(load)s pour %(capacity)s")
                % {
                    "person": one.name,
                    "load": fte(in_fte(cells[one.pk].load, full), self.language),
                    "capacity": fte(in_fte(cells[one.pk].capacity, full), self.language),
                },
                cells[one.pk].ratio,
                url=self.with_query(reverse("capacity:person_cell", args=[one.pk, slug])),
                source=_("Plans et calendriers"),
            )
            for one in ordered
        ]
        unfilled = whole.load - sum(cell.load for cell in cells.values())
        if unfilled > 0:
            words = _("Alloué à un profil, sans personne : %(load)s") % {
                "load": fte(in_fte(unfilled, full), self.language)
            }
            rows.append(RowRef(words, None, source=_("Allocations")))
        return tuple(rows)
