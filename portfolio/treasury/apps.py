from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TreasuryConfig(AppConfig):
    name = "portfolio.treasury"
    label = "portfolio_treasury"

    def ready(self) -> None:
        from portfolio.finance.exchange import register_exchange
        from portfolio.finance.orders import register_invoices
        from portfolio.finance.revenues import register_revenues
        from portfolio.projects.tabs import register_tab
        from portfolio.treasury.bin import register_kinds
        from portfolio.treasury.lists import ContractTable, InvoiceTable, PaymentTable
        from portfolio.treasury.notifications import declare
        from portfolio.treasury.orders import exchange_steps, follow_orders, order_invoices
        from portfolio.treasury.revenues import contract_revenues
        from portfolio.treasury.search import register_searchables
        from portfolio.treasury.watch import follow_journal
        from tech4value.accounts.permissions import Permission
        from tech4value.audit.listeners import listen
        from tech4value.tables.table import register as register_table
        from tech4value.web.navigation import NavAction, NavItem, register, register_action

        view, edit = Permission.CASH_VIEW, Permission.CASH_EDIT
        register(
            NavItem("finance", _("Trésorerie"), "treasury:plan", "", view, 40),
            NavItem("finance", _("Contrats"), "treasury:contracts", "", view, 42),
            NavItem("finance", _("Factures"), "treasury:invoices", "", view, 44),
            NavItem("finance", _("Paiements"), "treasury:payments", "", view, 46),
            NavItem("finance", pgettext_lazy("trésorerie", "Comptes et taux"), "treasury:settings", "", view, 48),
        )
        register_action(
            NavAction(_("Ajouter un contrat"), "treasury:contract_create", "document-text", edit),
            NavAction(_("Enregistrer un paiement"), "treasury:payment_create", "banknotes", edit),
        )
        register_tab(_("Trésorerie"), "treasury:project", view, order=54)
        register_table(ContractTable, InvoiceTable, PaymentTable)
        register_searchables()
        register_kinds()
        register_revenues(contract_revenues)
        listen(follow_journal)
        register_exchange(exchange_steps)
        register_invoices(order_invoices)
        listen(follow_orders)
        declare()
