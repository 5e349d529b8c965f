from django.urls import path

from portfolio.planning import (
    baseline_views,
    comparison_views,
    gantt_views,
    list_views,
    outside_views,
    portfolio_views,
    roadmap_views,
    settings_views,
    task_views,
    views,
    why_views,
)

app_name = "planning"
urlpatterns = [
    path("", roadmap_views.RoadmapView.as_view(), name="list"),
    path("project/<uuid:project_id>/", views.ProjectPlanView.as_view(), name="project"),
    path("project/<uuid:project_id>/explain/<slug:key>/", views.ExplainView.as_view(), name="explain"),
    path("project/<uuid:project_id>/figures/", views.FiguresView.as_view(), name="figures"),
    path("project/<uuid:project_id>/arrange/", views.ArrangeView.as_view(), name="arrange"),
    path("project/<uuid:project_id>/gantt/", gantt_views.GanttRowsView.as_view(), name="gantt_rows"),
    path("project/<uuid:project_id>/gantt/marks/", gantt_views.GanttMarksView.as_view(), name="gantt_marks"),
    path("project/<uuid:project_id>/gantt/edits/", gantt_views.GanttEditsView.as_view(), name="gantt_edits"),
    path(
        "project/<uuid:project_id>/gantt/undo/<uuid:batch>/", gantt_views.GanttUndoView.as_view(), name="gantt_undo"
    ),
    path("project/<uuid:project_id>/print/", gantt_views.PrintView.as_view(), name="print"),
    path("critical-path/", portfolio_views.PortfolioPathView.as_view(), name="portfolio_path"),
    path("critical-path/run/", portfolio_views.PortfolioRunView.as_view(), name="portfolio_run"),
    path("critical-path/progress/", portfolio_views.PortfolioProgressView.as_view(), name="portfolio_progress"),
    path("rows/", roadmap_views.RoadmapRowsView.as_view(), name="roadmap_rows"),
    path("gantt-view/", gantt_views.GanttViewView.as_view(), name="gantt_view"),
    path("project/<uuid:project_id>/settings/", settings_views.SettingsView.as_view(), name="settings"),
    path("project/<uuid:project_id>/tasks/new/", task_views.TaskCreateView.as_view(), name="task_create"),
    path("project/<uuid:project_id>/undo/<uuid:batch>/", task_views.TaskUndoView.as_view(), name="task_undo"),
    path("project/<uuid:project_id>/baselines/", baseline_views.BaselineCreateView.as_view(), name="baselines"),
    path("project/<uuid:project_id>/comparison/", comparison_views.ComparisonView.as_view(), name="comparison"),
    path("tasks/", list_views.TasksView.as_view(), name="tasks"),
    path("tasks/<uuid:pk>/", task_views.TaskChangeView.as_view(), name="task"),
    path("tasks/<uuid:pk>/outside/", outside_views.OutsideLinksView.as_view(), name="task_outside"),
    path("links/<uuid:pk>/delete/", outside_views.LinkDeleteView.as_view(), name="link_delete"),
    path("links/<uuid:pk>/restore/", outside_views.LinkRestoreView.as_view(), name="link_restore"),
    path("tasks/<uuid:pk>/why/", why_views.WhyView.as_view(), name="task_why"),
    path("tasks/<uuid:pk>/delete/", task_views.TaskDeleteView.as_view(), name="task_delete"),
    path("baselines/<uuid:pk>/delete/", baseline_views.BaselineDeleteView.as_view(), name="baseline_delete"),
    path("baselines/<uuid:pk>/restore/", baseline_views.BaselineRestoreView.as_view(), name="baseline_restore"),
]
