from django.urls import path

from portfolio.timesheets import period_views, review_views, views

app_name = "timesheets"
urlpatterns = [
    path("", views.MineView.as_view(), name="mine"),
    path("weeks/<str:week>/", views.WeekPage.as_view(), name="week"),
    path("weeks/<str:week>/cell/", views.CellView.as_view(), name="cell"),
    path("weeks/<str:week>/lines/new/", views.LineCreateView.as_view(), name="line_create"),
    path("weeks/<str:week>/copy/", views.CopyView.as_view(), name="copy"),
    path("weeks/<str:week>/submit/", views.SubmitView.as_view(), name="submit"),
    path("weeks/<str:week>/recall/", views.RecallView.as_view(), name="recall"),
    path("copies/<uuid:batch>/undo/", views.CopyUndoView.as_view(), name="copy_undo"),
    path("lines/<uuid:pk>/delete/", views.LineDeleteView.as_view(), name="line_delete"),
    path("lines/<uuid:pk>/restore/", views.LineRestoreView.as_view(), name="line_restore"),
    path("review/", review_views.ReviewView.as_view(), name="review"),
    path("review/approve/", review_views.ApproveView.as_view(), name="approve"),
    path("review/reopen/", review_views.ReopenView.as_view(), name="reopen"),
    path("review/return/", review_views.ReturnView.as_view(), name="return"),
    path("sheets/<uuid:pk>/", review_views.SheetView.as_view(), name="sheet"),
    path("entries/", period_views.EntriesView.as_view(), name="entries"),
    path("months/", period_views.MonthsView.as_view(), name="months"),
    path("months/lock/", period_views.LockView.as_view(), name="lock"),
    path("months/<uuid:pk>/unlock/", period_views.UnlockView.as_view(), name="unlock"),
    path("months/<uuid:pk>/restore/", period_views.LockRestoreView.as_view(), name="lock_restore"),
    path("settings/", period_views.SettingsView.as_view(), name="settings"),
    path("projects/<uuid:project_id>/settings/", period_views.OpenProjectView.as_view(), name="open_project"),
]
