"""What the shell asks for on every page: appearance, language, help, the choice of an organisation."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.generic import View

from tech4value.accounts.actions import change_preferences
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.models import TenantAccess, Theme
from tech4value.accounts.permissions import Permission
from tech4value.accounts.views import MemberView
from tech4value.web import navigation
from tech4value.web.tags.glossary import ACRONYMS

A_YEAR = 365 * 24 * 3600
# What each area of the rail is for.
PURPOSES: dict[str, Promise] = {
    "home": _("Ce qui vous attend : vos projets, vos tâches, vos traitements en cours."),
    "portfolio": _("Les projets, leurs jalons, leurs points d’avancement et leurs équipes."),
    "plans": _("Le calendrier de chaque projet : tâches, liens, chemin critique, plan de référence."),
    "agile": _("Backlogs et sprints."),
    "resources": _("Les personnes, les pôles, les absences, et la charge comparée à la capacité."),
    "finance": _("Les budgets : prévu, engagé, réel et prévision, par projet, par mois et par nature."),
    "risks": _("Ce qui peut mal tourner, avec quelle probabilité, quel impact, et ce qui est fait pour l’éviter."),
    "governance": _("Les modèles de projet : phases, jalons, risques et rôles de vos façons de faire."),
    "strategy": _("Les objectifs que les projets servent."),
    "reports": _("Le tableau de bord de direction et les dossiers de Copil."),
    "portal": _("Ce que voient les utilisateurs finaux."),
    "settings": _("Les membres et leurs droits, la formule, le journal et vos préférences."),
}


class ThemeView(View):
    """Remembers the appearance that a person has chosen. Works in and out of an organisation."""

    permission: ClassVar[Permission] = Permission.PUBLIC

    def post(self, request: Any) -> HttpResponse:
        theme = request.POST.get("theme", "")
        if theme not in Theme.values:
            return HttpResponse(status=422)
        if request.user.is_authenticated:
            change_preferences(user=request.user, values={"theme": theme})
        return HttpResponse(status=204)


class LanguageView(View):
    """Changes the language: the person's own, or the browser's (a cookie) before sign-in. Returns where one was."""

    permission: ClassVar[Permission] = Permission.PUBLIC

    def post(self, request: Any) -> HttpResponseBase:
        language = request.POST.get("language", "")
        if language not in dict(settings.LANGUAGES):
            return HttpResponse(status=422)
        if request.user.is_authenticated:
            change_preferences(user=request.user, values={"language": language})
        wanted = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        with override(language):
            response = HttpResponseRedirect(wanted if safe else reverse("root"))
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=A_YEAR,
            samesite="Lax",
            secure=settings.HTTPS,
            httponly=True,
        )
        return response


class TenantsView(View):
    """The organisations that a person may enter: the switcher."""

    permission: ClassVar[Permission] = Permission.PUBLIC

    def get(self, request: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.path, settings.LOGIN_URL)
        return tenant_choice(request)


def tenant_choice(request: Any) -> HttpResponse:
    """The page that lists them."""
    accesses = TenantAccess.objects.filter(user=request.user, tenant__is_active=True).select_related("tenant")
    tenants = [access.tenant for access in accesses.order_by("tenant__name")]
    return render(request, "console/tenants.html", {"tenants": tenants})


class HelpView(MemberView):
    """What each area is for, the glossary, the keyboard."""

    permission = Permission.SELF

    def get(self, request: MemberRequest) -> HttpResponse:
        areas = navigation.rail(lambda permission: request.member.can(permission), request.path)
        glossary = sorted((term, str(meaning)) for term, meaning in ACRONYMS.items())
        return render(request, "console/help.html", {"areas": areas, "purposes": PURPOSES, "glossary": glossary})
