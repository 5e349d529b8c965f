"""Rules of the organisation that watch plans, and the alerts that they raise the day a plan leaves its promise."""
