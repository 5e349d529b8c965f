"""Settings: members, rights, plan, organisation, journal, preferences; and what the shell asks for."""

from django.urls import path

from tech4value.console.views import journal, members, organisation, preferences, shell

app_name = "console"
urlpatterns = [
    path("members/", members.MemberListView.as_view(), name="members"),
    path("members/invite/", members.InviteView.as_view(), name="invite"),
    path("members/<uuid:pk>/role/", members.RoleView.as_view(), name="role"),
    path("members/<uuid:pk>/deactivate/", members.DeactivateView.as_view(), name="deactivate"),
    path("members/<uuid:pk>/reactivate/", members.ReactivateView.as_view(), name="reactivate"),
    path("members/<uuid:pk>/invite/", members.InviteAgainView.as_view(), name="invite_again"),
    path("rights/", members.RightsView.as_view(), name="rights"),
    path("plan/", organisation.PlanView.as_view(), name="plan"),
    path("organisation/", organisation.OrganisationView.as_view(), name="organisation"),
    path("journal/", journal.JournalView.as_view(), name="journal"),
    path("journal/verify/", journal.VerifyView.as_view(), name="journal_verify"),
    path("preferences/", preferences.PreferencesView.as_view(), name="preferences"),
    path("preferences/tokens/", preferences.TokenView.as_view(), name="token"),
    path("preferences/tokens/<uuid:pk>/revoke/", preferences.RevokeTokenView.as_view(), name="revoke_token"),
    path("theme/", shell.ThemeView.as_view(), name="theme"),
    path("language/", shell.LanguageView.as_view(), name="language"),
    path("tenants/", shell.TenantsView.as_view(), name="tenants"),
    path("help/", shell.HelpView.as_view(), name="help"),
]
