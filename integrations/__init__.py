"""What comes in from files and connectors."""
