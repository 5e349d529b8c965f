"""The page of the budget lines' list."""

from portfolio.finance.lists import BudgetLineTable
from tech4value.accounts.permissions import Permission
from tech4value.tables.pages import TableView


class LinesView(TableView):
    """Every budget line that the member may see."""

    permission = Permission.BUDGET_VIEW
    table = BudgetLineTable
    template_name = "portfolio/finance/lines.html"
