"""Tenants and their isolation: the ORM refuses unscoped queries, PostgreSQL enforces row-level security."""
