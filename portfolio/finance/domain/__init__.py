"""What budgets, and the work that they pay for, add up to. Pure: no Django, no clock."""
