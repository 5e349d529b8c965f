"""Programmes, projects, status reports, milestones."""
