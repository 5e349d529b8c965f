"""What a scenario cannot say, or cannot have."""


class ScenarioError(ValueError):
    """`code` says what is wrong, `field` where in the operation, `facts` hold what a sentence about it needs (names,
    dates, numbers: scenarios/words.py has the sentences).

    Codes of an operation alone: unknown_kind, missing_field, unknown_field, malformed, nothing (it changes nothing),
    too_far, no_name, no_subject, two_subjects, twice, same_person, negative_rate, bad_factor, bad_share, bad_amount,
    disorder, out_of_range. Codes of an operation against the plan: unknown_subject, closed_project, fixed_dates,
    task_begun, task_done, summary_task, nobody_assigned, outside_task, absent, no_time, stopped_before,
    no_budget_line, duplicate_key, and those of scheduling (no_schedule).
    """

    def __init__(self, code: str, field: str = "", **facts: object) -> None:
        super().__init__(f"{code}: {field}" if field else code)
        self.code = code
        self.field = field
        self.facts = facts
