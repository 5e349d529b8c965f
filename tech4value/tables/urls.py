from django.urls import path

from tech4value.tables import views

app_name = "tables"
urlpatterns = [
    path("<slug:key>/bulk/", views.BulkView.as_view(), name="bulk"),
    path("<slug:key>/undo/<uuid:batch>/", views.UndoBulkView.as_view(), name="undo"),
    path("<slug:key>/export/", views.ExportView.as_view(), name="export"),
    path("<slug:key>/views/", views.SaveViewView.as_view(), name="view_save"),
    path("views/<uuid:pk>/delete/", views.DeleteViewView.as_view(), name="view_delete"),
    path("views/<uuid:pk>/restore/", views.RestoreViewView.as_view(), name="view_restore"),
]
