"""The page of the tasks' list."""

from portfolio.planning.lists import TaskTable
from tech4value.accounts.permissions import Permission
from tech4value.tables.pages import TableView


class TasksView(TableView):
    """Every task that the member may see, or those of the project in the address."""

    permission = Permission.PLAN_VIEW
    table = TaskTable
    template_name = "portfolio/planning/tasks.html"
