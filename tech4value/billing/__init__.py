"""Plans, subscriptions and what they entitle to."""
