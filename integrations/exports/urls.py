from django.urls import path

from integrations.exports import views

app_name = "exports"
urlpatterns = [
    path("plan/<uuid:project_id>/", views.PlanView.as_view(), name="plan"),
    path("<uuid:pk>/", views.DetailView.as_view(), name="detail"),
    path("<uuid:pk>/progress/", views.ProgressView.as_view(), name="progress"),
    path("calendars/", views.FeedsView.as_view(), name="feeds"),
    path("calendars/project/<uuid:project_id>/", views.ProjectFeedsView.as_view(), name="project_feed"),
    path("calendars/<uuid:pk>/close/", views.CloseFeedView.as_view(), name="close_feed"),
    # The secret is in the address, which says the organisation too: a calendar program sends nothing else.
    path("calendars/<str:secret>.ics", views.FeedView.as_view(), name="feed"),
]
