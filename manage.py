#!/usr/bin/env python
"""Django's command line. Use `bin/manage`, which prepares the environment and the servers first."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4value.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as refusal:
        # What the person at the terminal can mend: sentences, not a traceback.
        sys.exit(str(refusal))
