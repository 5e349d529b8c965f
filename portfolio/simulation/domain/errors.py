"""The one error of the simulation's domain."""


class SimulationError(ValueError):
    """A plan that cannot be simulated.

    `code` is one of: no_tasks, no_estimates, bad_estimate, bad_probability, bad_effect, bad_correlation, bad_runs,
    unknown_task, calendar, too_far; `path` names the tasks or risks concerned.
    """

    def __init__(self, code: str, *path: str) -> None:
        super().__init__(f"{code}: {' '.join(path)}" if path else code)
        self.code = code
        self.path = path
