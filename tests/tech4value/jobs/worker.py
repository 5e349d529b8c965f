"""The application as a worker runs it, with the tests' bodies."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4value.settings")

django.setup()

from tech4value.celery import app  # noqa: E402 - Django first
from tests.tech4value.jobs import bodies  # noqa: E402

__all__ = ["app", "bodies"]
