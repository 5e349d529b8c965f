from django.urls import path

from portfolio.people import calendar_views, catalogue_views, pole_views, views

app_name = "people"
urlpatterns = [
    path("", views.PeopleView.as_view(), name="list"),
    path("new/", views.PersonCreateView.as_view(), name="create"),
    path("<uuid:pk>/", views.PersonView.as_view(), name="person"),
    path("<uuid:pk>/edit/", views.PersonEditView.as_view(), name="edit"),
    path("<uuid:pk>/delete/", views.PersonDeleteView.as_view(), name="delete"),
    path("<uuid:pk>/restore/", views.PersonRestoreView.as_view(), name="restore"),
    path("<uuid:pk>/absences/new/", views.AbsenceCreateView.as_view(), name="absence_create"),
    path("absences/", views.AbsencesView.as_view(), name="absences"),
    path("absences/<uuid:pk>/edit/", views.AbsenceEditView.as_view(), name="absence_edit"),
    path("absences/<uuid:pk>/delete/", views.AbsenceDeleteView.as_view(), name="absence_delete"),
    path("absences/<uuid:pk>/restore/", views.AbsenceRestoreView.as_view(), name="absence_restore"),
    path("<uuid:pk>/skills/new/", catalogue_views.HeldCreateView.as_view(), name="held_create"),
    path("held-skills/<uuid:pk>/edit/", catalogue_views.HeldEditView.as_view(), name="held_edit"),
    path("held-skills/<uuid:pk>/delete/", catalogue_views.HeldDeleteView.as_view(), name="held_delete"),
    path("held-skills/<uuid:pk>/restore/", catalogue_views.HeldRestoreView.as_view(), name="held_restore"),
    path("profiles/", catalogue_views.ProfilesView.as_view(), name="profiles"),
    path("profiles/new/", catalogue_views.ProfileCreateView.as_view(), name="profile_create"),
    path("profiles/<uuid:pk>/edit/", catalogue_views.ProfileEditView.as_view(), name="profile_edit"),
    path("profiles/<uuid:pk>/delete/", catalogue_views.ProfileDeleteView.as_view(), name="profile_delete"),
    path("profiles/<uuid:pk>/restore/", catalogue_views.ProfileRestoreView.as_view(), name="profile_restore"),
    path("skills/", catalogue_views.SkillsView.as_view(), name="skills"),
    path("skills/new/", catalogue_views.SkillCreateView.as_view(), name="skill_create"),
    path("skills/<uuid:pk>/edit/", catalogue_views.SkillEditView.as_view(), name="skill_edit"),
    path("skills/<uuid:pk>/delete/", catalogue_views.SkillDeleteView.as_view(), name="skill_delete"),
    path("skills/<uuid:pk>/restore/", catalogue_views.SkillRestoreView.as_view(), name="skill_restore"),
    path("poles/", pole_views.PolesView.as_view(), name="poles"),
    path("poles/new/", pole_views.PoleCreateView.as_view(), name="pole_create"),
    path("poles/<uuid:pk>/edit/", pole_views.PoleEditView.as_view(), name="pole_edit"),
    path("poles/<uuid:pk>/delete/", pole_views.PoleDeleteView.as_view(), name="pole_delete"),
    path("poles/<uuid:pk>/restore/", pole_views.PoleRestoreView.as_view(), name="pole_restore"),
    path("calendars/", calendar_views.CalendarsView.as_view(), name="calendars"),
    path("calendars/new/", calendar_views.CalendarCreateView.as_view(), name="calendar_create"),
    path("calendars/holidays/", calendar_views.HolidaysView.as_view(), name="holidays"),
    path("calendars/<uuid:pk>/", calendar_views.CalendarEditView.as_view(), name="calendar"),
    path("calendars/<uuid:pk>/delete/", calendar_views.CalendarDeleteView.as_view(), name="calendar_delete"),
    path("calendars/<uuid:pk>/restore/", calendar_views.CalendarRestoreView.as_view(), name="calendar_restore"),
    path(
        "calendars/<uuid:pk>/exceptions/new/", calendar_views.ExceptionCreateView.as_view(), name="exception_create"
    ),
    path("exceptions/<uuid:pk>/edit/", calendar_views.ExceptionEditView.as_view(), name="exception_edit"),
    path("exceptions/<uuid:pk>/delete/", calendar_views.ExceptionDeleteView.as_view(), name="exception_delete"),
    path("exceptions/<uuid:pk>/restore/", calendar_views.ExceptionRestoreView.as_view(), name="exception_restore"),
]
