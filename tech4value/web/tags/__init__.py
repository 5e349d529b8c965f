"""The template tags of `{% load ui %}`, by family. Their list is at the top of `templatetags/ui.py`."""
