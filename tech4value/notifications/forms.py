"""Forms of messages: the page's filters, the preferences, Teams channels."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tech4value.accounts.models import Membership
from tech4value.notifications.kinds import AREA_LABELS, Area, Kind, all_kinds
from tech4value.notifications.models import Level, MessageSettings, Rhythm, TeamsWebhook, Weekday
from tech4value.notifications.preferences import FIELDS, chosen
from tech4value.tenancy.clock import time_zones


class MessageFilterForm(forms.Form):
    """The chips over the messages."""

    state = forms.ChoiceField(label=_("État"), required=False, choices=[("", _("Toutes")), ("unread", _("Non lues"))])
    project = forms.ChoiceField(label=_("Projet"), required=False)
    kind = forms.ChoiceField(label=_("Sujet"), required=False)

    def __init__(
        self, data: Any, projects: list[tuple[str, str]], kinds: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.fields["project"].choices = [("", _("Tous")), *projects]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["kind"].choices = [("", _("Tous")), *kinds]  # type: ignore[attr-defined]  # a ChoiceField


@dataclass(frozen=True, slots=True)
class KindRow:
    """A line of the table of channels: two boxes."""

    kind: Kind
    app: forms.BoundField
    email: forms.BoundField


class MessageSettingsForm(forms.ModelForm):
    """What one is told, by which channel, and when."""

    class Meta:
        model = MessageSettings
        fields = FIELDS
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    rhythm = forms.ChoiceField(label=_("Rythme des e-mails"), choices=Rhythm.choices)
    digest_hour = forms.TypedChoiceField(
        label=_("Heure du résumé"), choices=[(hour, f"{hour:02}:00") for hour in range(24)], coerce=int
    )
    digest_weekday = forms.TypedChoiceField(
        label=_("Jour du résumé hebdomadaire"), choices=Weekday.choices, coerce=int
    )
    time_zone = forms.ChoiceField(
        label=_("Fuseau horaire"), required=False, widget=forms.Select(attrs={"data-combobox": True})
    )

    def __init__(self, data: Any, member: Membership, settings: MessageSettings) -> None:
        super().__init__(data, instance=settings, initial={"version": settings.version})
        default = _("Celui de l’organisation (%(zone)s)") % {"zone": member.tenant.time_zone}
        self.fields["time_zone"].choices = [("", default), *time_zones()]  # type: ignore[attr-defined]  # a ChoiceField
        self.kinds = [kind for kind in all_kinds() if member.can(kind.permission)]
        for kind in self.kinds:
            now = chosen(settings, kind)
            for channel, held in (("app", now.app), ("email", now.email)):
                field = forms.BooleanField(label=str(kind.label), required=False, initial=held)
                self.fields[f"{channel}:{kind.key}"] = field

    def areas(self) -> Iterator[tuple[str, list[KindRow]]]:
        """The lines of the table, by area."""
        for area in Area:
            rows = [
                KindRow(kind, self[f"app:{kind.key}"], self[f"email:{kind.key}"])
                for kind in self.kinds
                if kind.area == area
            ]
            if rows:
                yield str(AREA_LABELS[area]), rows

    def values(self) -> dict[str, Any]:
        """What `change_settings` takes."""
        data = self.cleaned_data
        channels = {
            kind.key: {"app": data[f"app:{kind.key}"], "email": data[f"email:{kind.key}"]} for kind in self.kinds
        }
        return {name: data[name] for name in FIELDS} | {"channels": channels}

    def _post_clean(self) -> None:
        """The action checks and writes: the form's own row is left as it was read."""


class LevelForm(forms.Form):
    """How much one wants to hear of a project."""

    project = forms.ChoiceField(label=_("Projet"))
    level = forms.ChoiceField(label=_("Suivi"), choices=Level.choices, initial=Level.FOLLOW)

    def __init__(self, data: Any, projects: list[tuple[str, str]], project: str = "") -> None:
        super().__init__(data, initial={"project": project})
        self.fields["project"].choices = [("", _("Choisissez un projet")), *projects]  # type: ignore[attr-defined]  # a ChoiceField


class WebhookForm(forms.Form):
    """A Teams channel. The address is asked once and never shown again."""

    name = forms.CharField(
        label=_("Canal"),
        max_length=80,
        help_text=_("Le nom sous lequel vous le reconnaîtrez, par exemple « Direction »."),
    )
    url = forms.CharField(
        label=_("Adresse du webhook"),
        max_length=2000,
        help_text=_(
            "Dans Teams : Flux de travail, « Publier dans un canal à la réception d’une requête de webhook »."
        ),
    )
    only_important = forms.BooleanField(label=_("L’important seulement"), required=False)
    is_active = forms.BooleanField(label=_("Actif"), required=False, initial=True)

    @classmethod
    def of(cls, webhook: TeamsWebhook, data: Any = None) -> "WebhookForm":
        """Filled with what is set; an empty address keeps the one that there is."""
        names = ("name", "only_important", "is_active")
        form = cls(data, initial={name: getattr(webhook, name) for name in names})
        form.fields["url"].required = False
        form.fields["url"].help_text = _("Laissez vide pour garder l’adresse actuelle (%(host)s).") % {
            "host": webhook.host
        }
        return form
