from django.urls import path

from portfolio.scenarios import proposals_views as views
from portfolio.scenarios.proposals import Subject

page = views.ProposalsView.as_view()
urlpatterns = [
    path("proposals/persons/<uuid:key>/", page, {"subject": Subject.PERSON.value}, name="proposals_person"),
    path("proposals/poles/<uuid:key>/", page, {"subject": Subject.POLE.value}, name="proposals_pole"),
    path("proposals/skills/<uuid:key>/", page, {"subject": Subject.SKILL.value}, name="proposals_skill"),
    path("proposals/search/", views.SearchView.as_view(), name="proposal_search"),
    path("proposals/open/", views.OpenView.as_view(), name="proposal_open"),
    path("proposals/apply/", views.ApplyView.as_view(), name="proposal_apply"),
]
