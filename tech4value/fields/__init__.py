"""Custom fields: what a company adds to its projects and tasks."""
