"""Dashboards and committee packs."""
