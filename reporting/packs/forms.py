"""What is asked before a pack is made: everything has a default, so that one click is enough."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from reporting.dashboards.filters import MODELS, Filters
from reporting.dashboards.queries import visible_projects
from reporting.packs.actions import default_title
from reporting.packs.models import Confidentiality
from reporting.packs.snapshot import Selection
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today


class PackForm(forms.Form):
    """`filters` are those of the dashboard from which the person comes."""

    title = forms.CharField(label=_("Titre"), max_length=160, required=False)
    meeting_on = forms.DateField(
        label=_("Date du comité"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Indiquez une date, par exemple 26/11/2026.")},
    )
    language = forms.ChoiceField(label=_("Langue du dossier"), choices=settings.LANGUAGES, required=False)
    confidentiality = forms.ChoiceField(label=_("Confidentialité"), choices=Confidentiality.choices, required=False)
    with_cash = forms.BooleanField(
        label=_("Joindre la trésorerie"),
        required=False,
        help_text=_("Douze mois de solde de toute l’organisation, lus par tous ceux qui ouvriront le dossier."),
    )
    projects = forms.MultipleChoiceField(
        label=_("Projets"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Sans choix, le dossier contient tous les projets."),
        error_messages={
            "invalid_choice": _(
                "Un des projets choisis n’existe plus ou ne répond pas aux filtres : choisissez de nouveau."
            )
        },
    )

    def __init__(self, data: Any, *, member: Membership, filters: Filters) -> None:
        self.filters = filters
        language = member.user.language
        super().__init__(
            data,
            initial={
                "title": default_title(language, Selection.of(filters)),
                "meeting_on": today(),
                "language": language,
                "confidentiality": Confidentiality.CONFIDENTIAL,
            },
        )
        if not member.can(Permission.CASH_VIEW):
            del self.fields["with_cash"]
        choices: Any = self.fields["projects"]
        rows = visible_projects(member, filters).order_by("name").values_list("pk", "code", "name")
        choices.choices = [(str(key), f"{code} – {name}") for key, code, name in rows]
        for name in MODELS:
            self.fields[name] = forms.UUIDField(widget=forms.HiddenInput, required=False)
            self.initial[name] = getattr(filters, name)

    def values(self) -> dict[str, Any]:
        """For `create_pack`. A field that was not sent keeps its default."""
        cleaned = self.cleaned_data
        chosen = tuple(UUID(key) for key in cleaned["projects"])
        confidentiality = {"confidentiality": cleaned["confidentiality"]} if "confidentiality" in self.data else {}
        return {
            "selection": Selection.of(self.filters, chosen),
            "title": cleaned["title"],
            "meeting_on": cleaned["meeting_on"],
            "language": cleaned["language"],
            "with_cash": cleaned.get("with_cash", False),
            **confidentiality,
        }
