from django.urls import path

from tech4value.files.views import DownloadView

app_name = "files"
urlpatterns = [path("<uuid:pk>/", DownloadView.as_view(), name="download")]
