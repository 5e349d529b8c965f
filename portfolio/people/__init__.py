"""Persons, poles, calendars, absences."""
