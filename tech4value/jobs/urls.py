from django.urls import path

from tech4value.jobs.views import JobListView, JobProgressView

app_name = "jobs"
urlpatterns = [
    path("", JobListView.as_view(), name="list"),
    path("<uuid:pk>/progress/", JobProgressView.as_view(), name="progress"),
]
