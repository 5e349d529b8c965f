"""The platform: tenants, journal, accounts, jobs, files, figures and screens that every area stands on."""

from tech4value.celery import app as celery_app

__all__ = ["celery_app"]
