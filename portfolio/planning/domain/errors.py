"""The one error of the planning domain."""


class PlanningError(ValueError):
    """A plan that cannot be ordered, numbered or scheduled.

    `code` is one of: cycle, parent_cycle, unknown_task, unknown_parent, duplicate_task, negative_duration,
    bad_dates, bad_constraint, bad_progress, bad_assignment, bad_level, cannot_indent, cannot_outdent, too_wide,
    calendar.
    `path` names the tasks concerned; for a cycle, in order, with the first repeated at the end.
    """

    def __init__(self, code: str, *path: str) -> None:
        super().__init__(f"{code}: {' → '.join(path)}" if path else code)
        self.code = code
        self.path = path
