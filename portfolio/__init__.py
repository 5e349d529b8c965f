"""The portfolio: projects, people, plans, money, risks."""
