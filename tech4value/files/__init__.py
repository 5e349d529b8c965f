"""Stored files with permission-checked downloads and a quota."""
