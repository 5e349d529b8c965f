"""The journal: append-only events, sealed in order and chained."""
