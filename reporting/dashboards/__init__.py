"""The executive dashboard and its roll-ups."""
