"""How projects are run: templates to start from, the roles that they need, who answers for what."""
