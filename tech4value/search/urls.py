from django.urls import path

from tech4value.search import views

app_name = "search"
urlpatterns = [
    path("", views.ResultsView.as_view(), name="results"),
    path("suggest/", views.SuggestView.as_view(), name="suggest"),
    path("options/", views.OptionsView.as_view(), name="options"),
]
