"""`/api/`: the documentation; the API itself is under `/api/v1/`."""

from django.urls import path

from tech4value.api_docs.views import CollectionView, GuideView

app_name = "api_docs"
urlpatterns = [
    path("", GuideView.as_view(), name="guide"),
    path("docs/<slug:name>/", CollectionView.as_view(), name="collection"),
]
