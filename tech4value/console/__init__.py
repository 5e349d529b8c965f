"""The screens of the platform itself."""
