"""Tasks, dependencies, assignments, baselines."""
