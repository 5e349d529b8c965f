"""Users, memberships, roles and permissions; sign-in."""
