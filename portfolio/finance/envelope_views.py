"""Envelopes: one with its lines and its projects, and the forms that change them."""

from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.finance.domain.budget import first_of_month
from portfolio.finance.envelope_actions import (
    add_envelope_line,
    add_envelope_share,
    change_envelope,
    change_envelope_line,
    change_envelope_share,
    create_envelope,
    delete_envelope,
    delete_envelope_line,
    delete_envelope_share,
    reopen_envelope,
    restore_envelope,
    restore_envelope_line,
    restore_envelope_share,
    share_envelope,
)
from portfolio.finance.envelope_forms import (
    EnvelopeForm,
    EnvelopeLineForm,
    EnvelopePercentForm,
    EnvelopeShareForm,
    EnvelopeSharingForm,
)
from portfolio.finance.envelope_measures import UNITS
from portfolio.finance.envelope_models import AllocationKey, Envelope, EnvelopeLine, EnvelopeShare, EnvelopeState
from portfolio.finance.envelopes import period_words, sharing_of
from portfolio.finance.queries import place_label
from portfolio.people.forms import initial_of
from portfolio.people.pages import RestoreView, RowActionView, RowFormView, Text
from portfolio.projects.access import demand, demand_all, granted
from portfolio.projects.models import Phase
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView


def _live_lines() -> QuerySet[Any]:
    rows: QuerySet[Any] = EnvelopeLine.objects.filter(envelope__deleted_at=None).select_related("envelope")
    return rows


def _live_shares() -> QuerySet[Any]:
    rows: QuerySet[Any] = EnvelopeShare.objects.filter(envelope__deleted_at=None)
    return rows.select_related("envelope", "project__manager", "project__sponsor")


class OfEnvelope(MemberView):
    """What a view of one row of this room needs; its route takes `pk`. Whoever sees budgets sees envelopes; those who
    approve budgets keep them."""

    permission = Permission.BUDGET_APPROVE
    rows: Any = staticmethod(lambda: Envelope.objects.all())

    def fetch(self) -> Any:
        """The row: 404 when there is none."""
        return get_object_or_404(self.rows(), pk=self.kwargs["pk"])


class EnvelopeView(MemberView):
    """One envelope: its lines, its key, what each project receives."""

    permission = Permission.BUDGET_VIEW

    def get(self, request: MemberRequest, pk: Any) -> HttpResponse:
        envelope = get_object_or_404(Envelope.objects.all(), pk=pk)
        sharing = sharing_of(envelope)
        context = {
            "envelope": envelope,
            "sharing": sharing,
            "lines": [(place_label(line.category, line.nature), line) for line in sharing.lines],
            "is_shared": envelope.state == EnvelopeState.SHARED,
            "is_again": envelope.state == EnvelopeState.DRAFT and bool(envelope.periods),
            "unit": UNITS.get(AllocationKey(sharing.periods[-1].key if sharing.periods else envelope.key), ""),
            "is_fixed": envelope.key == AllocationKey.FIXED,
            "periods": [period_words(one) for one in sharing.periods] if envelope.periods else [],
            "may_edit": request.member.can(Permission.BUDGET_APPROVE),
            "currency": request.tenant.currency,
        }
        return render(request, "portfolio/finance/envelope.html", context)


class EnvelopeForms(OfEnvelope, RowFormView):
    """What the forms of envelopes share."""

    button = gettext_lazy("Enregistrer")

    @cached_property
    def envelope(self) -> Envelope:
        """The envelope of the route's row."""
        row = self.fetch()
        return row if isinstance(row, Envelope) else row.envelope

    def prepare(self) -> None:
        self.row = self.fetch()

    def back_url(self) -> str:
        return reverse("finance:envelope", args=[self.envelope.pk])

    def parents(self) -> list[tuple[Text, str]]:
        return [(_("Enveloppes"), reverse("finance:envelopes")), (self.envelope.name, self.back_url())]

    def about(self) -> Text:
        return self.envelope.name


class EnvelopeCreateView(EnvelopeForms):
    """A new envelope, in preparation."""

    heading = gettext_lazy("Créer une enveloppe")
    button = gettext_lazy("Créer l’enveloppe")

    def prepare(self) -> None:
        """There is no row yet."""

    def back_url(self) -> str:
        return reverse("finance:envelopes")

    def parents(self) -> list[tuple[Text, str]]:
        return [(_("Enveloppes"), self.back_url())]

    def about(self) -> Text:
        return _("Un budget que plusieurs projets portent ensemble.")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return EnvelopeForm(data)

    def save(self, form: Any) -> str:
        row = create_envelope(actor=self.request.member.actor, envelope=Envelope(**form.values))
        toast(self.request, _("Enveloppe créée : ajoutez ses montants et les projets qui la portent."))
        return reverse("finance:envelope", args=[row.pk])


class EnvelopeChangeView(EnvelopeForms):
    """Change an envelope."""

    heading = gettext_lazy("Modifier l’enveloppe")

    def delete_url(self) -> str:
        return reverse("finance:envelope_delete", args=[self.row.pk])

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return EnvelopeForm(data, initial=initial_of(self.row, EnvelopeForm))

    def save(self, form: Any) -> str:
        change_envelope(
            actor=self.request.member.actor, envelope=self.row, values=form.values, version=form.read_version
        )
        toast(self.request, _("Enveloppe enregistrée."))
        return self.back_url()


class EnvelopeSharingView(EnvelopeForms):
    """Measure the key, and give each project its part."""

    heading = gettext_lazy("Répartir l’enveloppe")
    button = gettext_lazy("Répartir")

    def about(self) -> Text:
        return _("La clé est mesurée maintenant et ne bouge plus : chaque projet reçoit sa part dans son budget.")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        first = EnvelopeLine.objects.filter(envelope=self.row).order_by("month").first()
        month = first_of_month(today()) if self.row.periods or first is None else first.month
        return EnvelopeSharingForm(data, initial={"since": month, "version": self.row.version})

    def save(self, form: Any) -> str:
        # A refusal says what to correct in the envelope; the projects are those that the member may commit.
        shares = EnvelopeShare.objects.filter(envelope=self.row).select_related(
            "project__manager", "project__sponsor"
        )
        demand_all(self.request.member, Permission.BUDGET_APPROVE, [share.project for share in shares])
        share_envelope(
            actor=self.request.member.actor,
            envelope=self.row,
            since=form.cleaned_data["since"],
            version=form.read_version,
        )
        toast(self.request, _("Enveloppe répartie : chaque projet a sa part dans son budget."))
        return self.back_url()


class EnvelopeReopenView(OfEnvelope, RowActionView):
    """Prepare an envelope again."""

    def act(self, row: Envelope) -> None:
        reopen_envelope(actor=self.request.member.actor, envelope=row)

    def next_url(self, row: Envelope) -> str:
        return reverse("finance:envelope", args=[row.pk])

    def said(self, row: Envelope) -> str:
        return _("Enveloppe rouverte : les projets gardent leurs parts jusqu’à la nouvelle répartition.")


class EnvelopeDeleteView(OfEnvelope, RowActionView):
    """Delete an envelope; the toast takes it back."""

    def act(self, row: Envelope) -> None:
        delete_envelope(actor=self.request.member.actor, envelope=row)

    def next_url(self, row: Envelope) -> str:
        return reverse("finance:envelopes")

    def said(self, row: Envelope) -> str:
        return _("Enveloppe « %(name)s » supprimée : ses parts quittent les budgets.") % {"name": row.name}

    def undo_url(self, row: Envelope) -> str:
        return reverse("finance:envelope_restore", args=[row.pk])


class EnvelopeRestoreView(OfEnvelope, RestoreView):
    """Bring a deleted envelope back."""

    rows = staticmethod(lambda: Envelope.everything.exclude(deleted_at=None))

    def act(self, row: Envelope) -> None:
        restore_envelope(actor=self.request.member.actor, envelope=row)


class EnvelopeLineCreateView(EnvelopeForms):
    """A new amount: the route's `pk` is the envelope's."""

    heading = gettext_lazy("Ajouter un montant")
    button = gettext_lazy("Ajouter le montant")

    def prepare(self) -> None:
        self.fetch()

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return EnvelopeLineForm(data, initial={"month": first_of_month(today())})

    def save(self, form: Any) -> str:
        line = EnvelopeLine(envelope=self.envelope, **form.values)
        add_envelope_line(actor=self.request.member.actor, line=line)
        toast(self.request, _("Montant ajouté à l’enveloppe."))
        return self.back_url()


class EnvelopeLineChangeView(EnvelopeForms):
    """Change an amount."""

    rows = staticmethod(_live_lines)
    heading = gettext_lazy("Modifier le montant de l’enveloppe")

    def delete_url(self) -> str:
        return reverse("finance:envelope_line_delete", args=[self.row.pk])

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return EnvelopeLineForm(data, initial=initial_of(self.row, EnvelopeLineForm))

    def save(self, form: Any) -> str:
        change_envelope_line(
            actor=self.request.member.actor, line=self.row, values=form.values, version=form.read_version
        )
        toast(self.request, _("Montant enregistré."))
        return self.back_url()


class EnvelopeLineDeleteView(OfEnvelope, RowActionView):
    """Delete an amount; the toast takes it back."""

    rows = staticmethod(_live_lines)

    def act(self, row: EnvelopeLine) -> None:
        delete_envelope_line(actor=self.request.member.actor, line=row)

    def next_url(self, row: EnvelopeLine) -> str:
        return reverse("finance:envelope", args=[row.envelope_id])

    def said(self, row: EnvelopeLine) -> str:
        return _("Montant « %(line)s » supprimé.") % {"line": row}

    def undo_url(self, row: EnvelopeLine) -> str:
        return reverse("finance:envelope_line_restore", args=[row.pk])


class EnvelopeLineRestoreView(OfEnvelope, RestoreView):
    """Bring a deleted amount back."""

    rows = staticmethod(lambda: EnvelopeLine.everything.exclude(deleted_at=None).filter(envelope__deleted_at=None))

    def act(self, row: EnvelopeLine) -> None:
        restore_envelope_line(actor=self.request.member.actor, line=row)


class EnvelopeShareCreateView(EnvelopeForms):
    """A project that will carry a part: the route's `pk` is the envelope's."""

    heading = gettext_lazy("Ajouter un projet à l’enveloppe")
    button = gettext_lazy("Ajouter le projet")

    def prepare(self) -> None:
        self.fetch()

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        taken = EnvelopeShare.objects.filter(envelope=self.envelope).values("project")
        projects = granted(self.request.member, Permission.BUDGET_APPROVE).exclude(phase=Phase.CLOSED)
        return EnvelopeShareForm(data, projects.exclude(pk__in=taken))

    def save(self, form: Any) -> str:
        share = EnvelopeShare(envelope=self.envelope, **form.values)
        add_envelope_share(actor=self.request.member.actor, share=share)
        toast(self.request, _("Projet ajouté à l’enveloppe."))
        return self.back_url()


class EnvelopeShareChangeView(EnvelopeForms):
    """Change the fixed part of a project."""

    rows = staticmethod(_live_shares)
    heading = gettext_lazy("Modifier la part du projet")

    def prepare(self) -> None:
        super().prepare()
        demand(self.request.member, Permission.BUDGET_APPROVE, self.row.project)

    def about(self) -> Text:
        return str(self.row.project.name)

    def delete_url(self) -> str:
        return reverse("finance:envelope_share_delete", args=[self.row.pk])

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return EnvelopePercentForm(data, initial=initial_of(self.row, EnvelopePercentForm))

    def save(self, form: Any) -> str:
        change_envelope_share(
            actor=self.request.member.actor, share=self.row, values=form.values, version=form.read_version
        )
        toast(self.request, _("Part enregistrée."))
        return self.back_url()


class EnvelopeShareDeleteView(OfEnvelope, RowActionView):
    """Take a project off the envelope; the toast takes it back."""

    rows = staticmethod(_live_shares)

    def act(self, row: EnvelopeShare) -> None:
        demand(self.request.member, Permission.BUDGET_APPROVE, row.project)
        delete_envelope_share(actor=self.request.member.actor, share=row)

    def next_url(self, row: EnvelopeShare) -> str:
        return reverse("finance:envelope", args=[row.envelope_id])

    def said(self, row: EnvelopeShare) -> str:
        return _("« %(project)s » ne porte plus l’enveloppe.") % {"project": row.project.name}

    def undo_url(self, row: EnvelopeShare) -> str:
        return reverse("finance:envelope_share_restore", args=[row.pk])


class EnvelopeShareRestoreView(OfEnvelope, RestoreView):
    """Bring a project back."""

    rows = staticmethod(
        lambda: (
            EnvelopeShare.everything.exclude(deleted_at=None)
            .filter(envelope__deleted_at=None)
            .select_related("envelope", "project__manager", "project__sponsor")
        )
    )

    def act(self, row: EnvelopeShare) -> None:
        demand(self.request.member, Permission.BUDGET_APPROVE, row.project)
        restore_envelope_share(actor=self.request.member.actor, share=row)
