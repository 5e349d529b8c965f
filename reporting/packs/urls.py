from django.urls import path

from reporting.packs.views import (
    PackCreateView,
    PackDownloadView,
    PackListView,
    PackRetryView,
    PackStateView,
    PackView,
)

app_name = "packs"
urlpatterns = [
    path("", PackListView.as_view(), name="list"),
    path("new/", PackCreateView.as_view(), name="create"),
    path("<uuid:pk>/", PackView.as_view(), name="detail"),
    path("<uuid:pk>/state/", PackStateView.as_view(), name="state"),
    path("<uuid:pk>/retry/", PackRetryView.as_view(), name="retry"),
    path("<uuid:pk>/download/", PackDownloadView.as_view(), name="download"),
]
