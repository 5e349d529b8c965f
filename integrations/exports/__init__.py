"""Plans that go out: Microsoft Project and CSV files, and calendars that are subscribed to."""
