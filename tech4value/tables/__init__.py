"""Lists: one declaration gives sort, columns, filters, saved views, selection, bulk edit and export."""
