from django.urls import path

from tech4value.web.styleguide import ExplainView, JobSampleView, StyleGuideView

app_name = "web"
urlpatterns = [
    path("styleguide/", StyleGuideView.as_view(), name="styleguide"),
    path("styleguide/explain/", ExplainView.as_view(), name="styleguide_explain"),
    path("styleguide/job/", JobSampleView.as_view(), name="styleguide_job"),
    path("styleguide/<slug:family>/", StyleGuideView.as_view(), name="styleguide_family"),
]
