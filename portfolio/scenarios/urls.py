from django.urls import path

from portfolio.scenarios import decision_views, edit_views, proposals_urls, views

app_name = "scenarios"
urlpatterns = [
    *proposals_urls.urlpatterns,
    path("", views.ScenariosView.as_view(), name="list"),
    path("compare/", views.CompareView.as_view(), name="compare"),
    path("new/", edit_views.ScenarioCreateView.as_view(), name="create"),
    path("<uuid:pk>/", views.ScenarioView.as_view(), name="detail"),
    path("<uuid:pk>/edit/", edit_views.ScenarioEditView.as_view(), name="edit"),
    path("<uuid:pk>/delete/", edit_views.ScenarioDeleteView.as_view(), name="delete"),
    path("<uuid:pk>/restore/", edit_views.ScenarioRestoreView.as_view(), name="restore"),
    path("<uuid:pk>/duplicate/", edit_views.ScenarioDuplicateView.as_view(), name="duplicate"),
    path("<uuid:pk>/operations/", edit_views.KindsView.as_view(), name="kinds"),
    path("<uuid:pk>/operations/<slug:kind>/", edit_views.OperationCreateView.as_view(), name="operation_create"),
    path("operations/<uuid:pk>/remove/", edit_views.OperationRemoveView.as_view(), name="operation_remove"),
    path("operations/<uuid:pk>/restore/", edit_views.OperationRestoreView.as_view(), name="operation_restore"),
    path("operations/<uuid:pk>/up/", edit_views.OperationMoveView.as_view(by=-1), name="operation_up"),
    path("operations/<uuid:pk>/down/", edit_views.OperationMoveView.as_view(by=1), name="operation_down"),
    path("<uuid:pk>/submit/", decision_views.SubmitView.as_view(), name="submit"),
    path("<uuid:pk>/withdraw/", decision_views.WithdrawView.as_view(), name="withdraw"),
    path("<uuid:pk>/approve/", decision_views.ApproveView.as_view(), name="approve"),
    path("<uuid:pk>/refuse/", decision_views.RefuseView.as_view(), name="refuse"),
    path("<uuid:pk>/apply/", decision_views.ApplyView.as_view(), name="apply"),
    path("<uuid:pk>/undo/", decision_views.UndoView.as_view(), name="undo"),
]
