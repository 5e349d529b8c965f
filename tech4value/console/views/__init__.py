"""The platform's own screens."""
