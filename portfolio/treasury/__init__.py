"""Twelve months of cash: contracts, invoices, payments, VAT and payroll, dated by the live plan."""
