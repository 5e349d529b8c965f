"""The lists of the platform's own screens: members, and the journal."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Role
from tech4value.audit.models import AuditEvent
from tech4value.console.words import Entry, entries, family_choices, verbs_of
from tech4value.figures import formats
from tech4value.tables.columns import CellKind, Column, local
from tech4value.tables.filters import ChoiceFilter, DateRange
from tech4value.tables.table import ExtraFilter, Table
from tech4value.tenancy.sort_keys import Fold
from tech4value.web.tags import display


class MemberTable(Table):
    """Who is in, as what, since when."""

    key = "members"
    label = gettext_lazy("Membres")
    permission = Permission.MEMBER_VIEW
    search = (Fold("user__name"), Fold("user__email"))
    search_label = gettext_lazy("Rechercher un membre")
    default_sort = "name"

    def columns(self) -> Sequence[Column]:
        return [
            Column(
                key="name",
                label=_("Nom"),
                value="person_name",
                kind=CellKind.NAME,
                sort=Fold("user__name"),
                rank=1,
                fixed=True,
                html=lambda row: display.person(row, sub=row.user.email),
            ),
            Column(
                key="email",
                label=_("Adresse e-mail"),
                value="user__email",
                sort=Fold("user__email"),
                shown=False,
            ),
            Column(
                key="role",
                label=_("Rôle"),
                value=lambda row: row.get_role_display(),
                sort=_rank_of_roles(),
                filter=ChoiceFilter(main=True, choices=lambda: Role.choices, path="role", several=False),
            ),
            Column(
                key="state",
                label=_("État"),
                value=lambda row: _state(row)[0],
                html=lambda row: display.badge(*_state(row)),
                filter=ChoiceFilter(
                    main=True,
                    several=False,
                    choices=lambda: [
                        ("active", _("Actifs")),
                        ("inactive", _("Désactivés")),
                        ("unseen", _("Jamais venus")),
                    ],
                    condition=lambda chosen: _in_state(chosen[0]),
                ),
            ),
            Column(
                key="seen",
                label=_("Dernière visite"),
                value="last_seen_on",
                kind=CellKind.DATE,
                sort="last_seen_on",
                filter=DateRange(path="last_seen_on"),
            ),
            Column(
                key="joined",
                label=_("Membre depuis"),
                value="created_at",
                kind=CellKind.INSTANT,
                sort="created_at",
                shown=False,
                filter=DateRange(path="created_at", instant="utc"),
            ),
        ]

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Membership.objects.select_related("user")
        return rows

    def address(self) -> str:
        return reverse("console:members")

    def actions(self, row: Any) -> Any:
        if self.request is None or not self.member.can(Permission.MEMBER_EDIT):
            return None
        context = {"member": row, "me": self.member, "csrf_token": get_token(self.request)}
        return render_to_string("console/_member_actions.html", context)


def _rank_of_roles() -> Case:
    """Roles in the order of the matrix."""
    whens = [When(role=role, then=Value(rank)) for rank, role in enumerate(Role)]
    return Case(*whens, output_field=IntegerField())


def _state(row: Any) -> tuple[str, str]:
    """In words, and the tone of its badge."""
    if not row.is_active:
        return _("Désactivé"), "outline"
    if row.read_only:
        return _("Lecture seule"), "warning"
    return (_("Actif"), "good") if row.last_seen_on else (_("Jamais venu"), "neutral")


def _in_state(state: str) -> Q:
    if state == "unseen":
        return Q(is_active=True, last_seen_on=None)
    return Q(is_active=state == "active")


class JournalTable(Table):
    """Every write, the last first. It is ordered by time only: that is what its index answers, however long it is."""

    key = "journal"
    label = gettext_lazy("Journal")
    permission = Permission.AUDIT_VIEW
    search = (Fold("object_label"),)
    search_label = gettext_lazy("Rechercher un objet")
    default_sort = "-at"

    def columns(self) -> Sequence[Column]:
        return [
            Column(
                key="at",
                label=_("Quand"),
                value="at",
                kind=CellKind.INSTANT,
                sort="pk",
                fixed=True,
                html=_when,
                filter=DateRange(path="at", instant="utc"),
            ),
            Column(
                key="effective",
                label=_("Date d’effet"),
                value="effective_on",
                kind=CellKind.DATE,
                shown=False,
                filter=DateRange(path="effective_on"),
            ),
            Column(
                key="who",
                label=_("Qui"),
                value="actor_label",
                kind=CellKind.PERSON,
                filter=ChoiceFilter(main=True, several=False, choices=lambda: self._actors, condition=_by),
            ),
            Column(
                key="what",
                label=_("Quoi"),
                value=lambda row: row.entry.deed,
                rank=1,
                html=lambda row: format_html(
                    '{}<div class="small faint">{}</div>',
                    display.badge(row.entry.deed, row.entry.tone),
                    row.entry.family,
                ),
            ),
            Column(
                key="family",
                label=_("Sur quoi"),
                value=lambda row: row.entry.family,
                shown=False,
                filter=ChoiceFilter(
                    main=True,
                    several=False,
                    any_label=_("Tout"),
                    choices=family_choices,
                    condition=lambda chosen: verbs_of(chosen[0]),
                ),
            ),
            Column(key="object", label=_("Objet"), value="object_label", wraps=True),
            Column(
                key="changes",
                label=_("Changements"),
                value=lambda row: _changes_in_words(row.entry),
                html=lambda row: _changes(row.entry),
                wraps=True,
            ),
            Column(key="seal", label=_("Sceau"), value=lambda row: row.entry.seal, kind=CellKind.NUMBER, html=_seal),
        ]

    @cached_property
    def filters(self) -> Sequence[ExtraFilter]:  # type: ignore[override]  # it reads the tenant's projects, once
        projects = [(str(pk), name) for pk, name in Project.everything.order_by("name").values_list("pk", "name")]
        asked = ChoiceFilter(main=True, several=False, choices=lambda: projects, path="project_id")
        return [ExtraFilter("project", _("Projet"), asked)]

    @cached_property
    def _actors(self) -> list[tuple[str, str]]:
        members = Membership.objects.select_related("user").order_by("user__name", "user__email")
        return [*((str(one.user_id), one.person_name) for one in members), ("system", "Tech4Value")]

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = AuditEvent.objects.all()
        return rows

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        events = list(AuditEvent.objects.filter(pk__in=keys).select_related("seal"))
        for event, entry in zip(events, entries(events), strict=True):
            event.entry = entry  # the event in words, for the cells
        return events

    def address(self) -> str:
        return reverse("console:journal")


def _by(chosen: Sequence[str]) -> Q:
    return Q(actor_kind="system") if chosen[0] == "system" else Q(actor_id=chosen[0])


def _when(row: Any) -> Any:
    language = get_language() or "fr"
    at = formats.date_time(local(row.at), language)
    if row.effective_on is None:
        return at
    said = _("effet au %(day)s") % {"day": formats.date_short(row.effective_on, language)}
    return format_html('{}<div class="small faint">{}</div>', at, said)


def _changes(entry: Entry) -> Any:
    return render_to_string("console/_changes.html", {"entry": entry}) if entry.changes else None


def _changes_in_words(entry: Entry) -> str:
    """A line for each field, for files."""
    return "\n".join(
        _("%(field)s : %(before)s → %(after)s")
        % {"field": one.field, "before": one.before or "–", "after": one.after or "–"}
        for one in entry.changes
    )


def _seal(row: Any) -> Any:
    if row.entry.seal is None:
        return format_html('<span class="faint">{}</span>', _("en attente"))
    return formats.number(row.entry.seal, get_language() or "fr")
