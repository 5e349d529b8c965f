"""Forms of the platform's own screens."""

from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from holidays import list_supported_countries

from portfolio.people.models import Person
from tech4value.accounts.actions import TOKEN_DAYS
from tech4value.accounts.models import InvitationState, Membership, Theme, User
from tech4value.accounts.permissions import Role
from tech4value.accounts.token_scopes import TokenAccess, TokenArea, TokenScope
from tech4value.console.invitations import addresses_in
from tech4value.search.fields import RowField
from tech4value.tenancy.clock import time_zones
from tech4value.tenancy.models import SecondFactorPolicy, Tenant

CURRENCIES = ("EUR", "CHF", "GBP", "USD", "CAD", "MAD", "TND", "XOF", "XPF")
MONTHS = (
    _("janvier"), _("février"), _("mars"), _("avril"), _("mai"), _("juin"),
    _("juillet"), _("août"), _("septembre"), _("octobre"), _("novembre"), _("décembre"),
)  # fmt: skip


class InvitationFilterForm(forms.Form):
    """The chips over the list of invitations."""

    q = forms.CharField(label=_("Rechercher une adresse"), required=False)
    state = forms.ChoiceField(label=_("État"), required=False, choices=[("", _("Tous")), *InvitationState.choices])


class InviteForm(forms.Form):
    """Who is let in, and as what."""

    emails = forms.CharField(
        label=_("Adresses e-mail"),
        max_length=20_000,
        widget=forms.Textarea,
        help_text=_("Une ou plusieurs, collées d’une liste : par lignes, virgules ou points-virgules."),
    )
    role = forms.ChoiceField(
        label=_("Rôle"),
        choices=Role.choices,
        initial=Role.TEAM_MEMBER,
        help_text=_("Le détail des droits de chaque rôle est dans Réglages, Rôles et droits."),
    )
    person = RowField(
        None,
        label=_("Personne"),
        required=False,
        empty_label=_("Celle qui a la même adresse, s’il y en a une"),
        help_text=_("À qui sont déjà confiés des projets et des tâches ; pour une seule adresse."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = Person.objects.filter(membership=None).order_by("name")
        self.fields["person"].queryset = free  # type: ignore[attr-defined]  # a RowField

    def clean_emails(self) -> list[str]:
        """The addresses of the list; whether each can be invited is the action's to say."""
        return addresses_in(self.cleaned_data["emails"])


class JoinForm(forms.Form):
    """The account of a person who has none yet."""

    name = forms.CharField(
        label=_("Prénom et nom"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Mot de passe"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("12 caractères au moins. Une phrase est plus sûre et plus facile à retenir."),
    )

    def __init__(self, data: Any = None, *, email: str, name: str = "") -> None:
        super().__init__(data, initial={"name": name})
        self.email = email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password"):
            try:
                validate_password(data["password"], User(email=self.email, name=data.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data


class RoleForm(forms.Form):
    """A member's role."""

    role = forms.ChoiceField(label=_("Rôle"), choices=Role.choices)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, member: Membership, data: Any = None) -> "RoleForm":
        """Filled with what the member is."""
        return cls(data, initial={"role": member.role, "version": member.version})


class OrganisationForm(forms.ModelForm):
    """How the organisation writes its name, time and money."""

    class Meta:
        model = Tenant
        fields = ["name", "language", "country", "time_zone", "currency", "fiscal_year_start_month", "second_factor"]
        labels = {"name": _("Nom de l’organisation")}
        help_texts = {
            "language": _("Celle des nouveaux membres et des documents communs ; chacun garde la sienne."),
            "country": _("Il donne les jours fériés des nouveaux calendriers."),
            "time_zone": _("Il décide de la date du jour pour toute l’organisation."),
            "currency": _("Les montants déjà saisis ne sont pas convertis."),
            "second_factor": _(
                "Une clé d’accès ou une application d’authentification. Qui n’en a pas est conduit à la créer à sa "
                "prochaine page."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.instance.currency
        self.fields["language"] = _choice(self.fields["language"], settings.LANGUAGES)
        self.fields["time_zone"] = _choice(self.fields["time_zone"], time_zones())
        self.fields["time_zone"].widget.attrs["data-combobox"] = True
        names = Locale.parse(get_language() or "fr").territories
        countries = [(code, names.get(code, code)) for code in list_supported_countries(include_aliases=False)]
        self.fields["country"] = _choice(self.fields["country"], sorted(countries, key=lambda choice: choice[1]))
        codes = CURRENCIES if current in CURRENCIES else (*CURRENCIES, current)
        self.fields["currency"] = _choice(self.fields["currency"], [(code, code) for code in codes])
        self.fields["second_factor"] = _choice(self.fields["second_factor"], SecondFactorPolicy.choices)
        months = list(enumerate(MONTHS, 1))
        self.fields["fiscal_year_start_month"] = _choice(self.fields["fiscal_year_start_month"], months, int)

    def _post_clean(self) -> None:
        """The action writes: the form must leave the tenant's row, which the whole request shares, as it is."""


def _choice(field: forms.Field, choices: Any, coerce: Any = str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=str(field.label).capitalize(), help_text=field.help_text, choices=choices, coerce=coerce
    )


class PreferencesForm(forms.ModelForm):
    """What belongs to the person, in every organisation."""

    class Meta:
        model = User
        fields = ["name", "language", "theme"]
        labels = {"name": _("Nom"), "theme": _("Apparence")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["language"] = _choice(self.fields["language"], settings.LANGUAGES)
        self.fields["theme"] = forms.ChoiceField(label=_("Apparence"), choices=Theme.choices)

    def _post_clean(self) -> None:
        """The action writes, as above."""


def _token_days() -> list[tuple[int, str]]:
    """Said at each request: a count in a text is put into words at once, in the language of the moment."""
    return [(days, ngettext("%(n)d jour", "%(n)d jours", days) % {"n": days}) for days in TOKEN_DAYS]


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label=_("Usage"), max_length=80, help_text=_("Ce qui l’emploiera : « Tableau Excel de la DAF ».")
    )
    access = forms.ChoiceField(
        label=_("Accès"), choices=TokenAccess.choices, initial=TokenAccess.READ, widget=forms.RadioSelect
    )
    areas = forms.MultipleChoiceField(
        label=_("Domaines"),
        choices=TokenArea.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aucun coché : tous ceux que votre rôle ouvre."),
    )
    days = forms.TypedChoiceField(
        label=_("Valable"),
        coerce=int,
        initial=90,
        choices=_token_days,
    )

    def scope(self) -> TokenScope:
        """What the token will let through."""
        areas = tuple(TokenArea(area) for area in self.cleaned_data["areas"])
        return TokenScope(TokenAccess(self.cleaned_data["access"]), areas)
