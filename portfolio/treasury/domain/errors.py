"""The one error of the treasury's domain."""


class TreasuryError(ValueError):
    """Terms, schedules or rates that cannot be.

    `code` is one of: bad_days, bad_day, bad_share, bad_amount, bad_order, bad_rate, no_rate, no_trigger, no_account;
    `subject` names what is concerned.
    """

    def __init__(self, code: str, subject: str = "") -> None:
        super().__init__(f"{code}: {subject}" if subject else code)
        self.code = code
        self.subject = subject
