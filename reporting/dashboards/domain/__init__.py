"""The facts of a portfolio as plain data: no Django, no clock."""
