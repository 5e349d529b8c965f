"""Settings: members, rights, plan, organisation, journal, preferences; and what the shell asks for."""

from django.urls import path

from tech4value.console.views import bin as bin_views
from tech4value.console.views import (
    fields,
    invitations,
    journal,
    members,
    organisation,
    preferences,
    second_factor,
    shell,
    surplus,
)

app_name = "console"
urlpatterns = [
    path("members/", members.MemberListView.as_view(), name="members"),
    path("members/invite/", invitations.InviteView.as_view(), name="invite"),
    path("members/invitations/", invitations.InvitationListView.as_view(), name="invitations"),
    path("members/invitations/<uuid:pk>/send/", invitations.SendAgainView.as_view(), name="send_again"),
    path(
        "members/invitations/<uuid:pk>/revoke/", invitations.RevokeInvitationView.as_view(), name="revoke_invitation"
    ),
    path("members/<uuid:pk>/role/", members.RoleView.as_view(), name="role"),
    path(
        "members/<uuid:pk>/second-factor/", second_factor.SecondFactorResetView.as_view(), name="reset_second_factor"
    ),
    path("members/<uuid:pk>/deactivate/", members.DeactivateView.as_view(), name="deactivate"),
    path("members/<uuid:pk>/reactivate/", members.ReactivateView.as_view(), name="reactivate"),
    path("rights/", members.RightsView.as_view(), name="rights"),
    path("plan/", organisation.PlanView.as_view(), name="plan"),
    path("plan/projects/", surplus.SurplusProjectsView.as_view(), name="surplus_projects"),
    path("plan/members/", surplus.SurplusMembersView.as_view(), name="surplus_members"),
    path("organisation/", organisation.OrganisationView.as_view(), name="organisation"),
    path("fields/", fields.FieldsView.as_view(), name="fields"),
    path("fields/<slug:target>/new/", fields.FieldCreateView.as_view(), name="field_create"),
    path("fields/<uuid:pk>/edit/", fields.FieldEditView.as_view(), name="field_edit"),
    path("fields/<uuid:pk>/move/", fields.FieldMoveView.as_view(), name="field_move"),
    path("fields/<uuid:pk>/archive/", fields.FieldArchiveView.as_view(), name="field_archive"),
    path("fields/<uuid:pk>/unarchive/", fields.FieldUnarchiveView.as_view(), name="field_unarchive"),
    path("bin/", bin_views.BinView.as_view(), name="bin"),
    path("bin/restore/", bin_views.BinRestoreView.as_view(), name="bin_restore"),
    path("journal/", journal.JournalView.as_view(), name="journal"),
    path("journal/verify/", journal.VerifyView.as_view(), name="journal_verify"),
    path("preferences/", preferences.PreferencesView.as_view(), name="preferences"),
    path("preferences/security/", preferences.SecurityView.as_view(), name="security"),
    path("preferences/tokens/", preferences.TokensView.as_view(), name="tokens"),
    path("preferences/tokens/new/", preferences.TokenView.as_view(), name="token"),
    path("preferences/tokens/<uuid:pk>/revoke/", preferences.RevokeTokenView.as_view(), name="revoke_token"),
    path("members/tokens/", preferences.AllTokensView.as_view(), name="all_tokens"),
    path("members/tokens/<uuid:pk>/revoke/", preferences.RevokeAnyTokenView.as_view(), name="revoke_any_token"),
    path("theme/", shell.ThemeView.as_view(), name="theme"),
    path("language/", shell.LanguageView.as_view(), name="language"),
    path("tenants/", shell.TenantsView.as_view(), name="tenants"),
    path("help/", shell.HelpView.as_view(), name="help"),
]
