"""Imports of workbooks and Microsoft Project files."""
