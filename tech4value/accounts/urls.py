"""Sign-in, by allauth: what we close of it, what we draw otherwise, then the rest."""

from django.urls import include, path

from tech4value.accounts.security_views import (
    AccountSecurityView,
    EndOtherSessionsView,
    EndSessionView,
    SecondFactorRequiredView,
)
from tech4value.accounts.views import ClosedView

closed = ClosedView.as_view()
# Addresses are the invitation's, accounts are made by it, a first password is chosen through a mail.
CLOSED = (
    "email/",
    "signup/",
    "confirm-email/",
    "confirm-email/<str:key>/",
    "password/set/",
    "login/code/confirm/",
)
security = AccountSecurityView.as_view()

urlpatterns = [
    *(path(address, closed, name="closed") for address in CLOSED),
    path("2fa/", security, name="mfa_index"),
    path("2fa/webauthn/", security, name="mfa_list_webauthn"),
    path("2fa/required/", SecondFactorRequiredView.as_view(), name="second_factor_required"),
    path("sessions/", security, name="usersessions_list"),
    path("sessions/others/end/", EndOtherSessionsView.as_view(), name="end_other_sessions"),
    path("sessions/<int:pk>/end/", EndSessionView.as_view(), name="end_session"),
    path("", include("allauth.urls")),
]
