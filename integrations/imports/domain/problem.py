"""What is wrong with a file: a code, a place, and the values that a sentence about it needs.

The sentences themselves, in each language, are written where people read them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """An error stops the import; a warning says what was read otherwise than a person may expect."""

    ERROR = "error"
    WARNING = "warning"


class ProblemCode(StrEnum):
    """Every problem that a reader can report; the comment gives its parameters."""

    # The file as a whole
    EMPTY_FILE = "empty_file"
    TOO_LARGE = "too_large"  # size, limit (bytes)
    TOO_MANY_ROWS = "too_many_rows"  # limit
    TOO_MANY_COLUMNS = "too_many_columns"  # limit
    TOO_MANY_ITEMS = "too_many_items"  # limit
    NOT_A_WORKBOOK = "not_a_workbook"
    OLD_WORKBOOK = "old_workbook"  # an .xls
    OTHER_OFFICE_FILE = "other_office_file"  # format: ods, xlsb, docx…
    ENCRYPTED_FILE = "encrypted_file"
    ZIP_BOMB = "zip_bomb"  # size, limit (bytes)
    DAMAGED_FILE = "damaged_file"  # detail
    HOSTILE_XML = "hostile_xml"
    NOT_XML = "not_xml"  # detail
    TRUNCATED_XML = "truncated_xml"
    NOT_MSPDI = "not_mspdi"  # root
    PROJECT_BINARY_FILE = "project_binary_file"  # an .mpp
    NO_CONVERTER = "no_converter"  # format
    UNREADABLE_PLAN = "unreadable_plan"  # format
    PROTECTED_PLAN = "protected_plan"  # format
    EMPTY_PLAN = "empty_plan"  # format
    CONVERSION_TOO_LONG = "conversion_too_long"  # format, seconds
    CONVERSION_TOO_LARGE = "conversion_too_large"  # format
    CONVERSION_STOPPED = "conversion_stopped"  # format
    OTHER_PROJECTS = "other_projects"  # name, others
    TOO_DEEP = "too_deep"  # limit
    NOT_A_TABLE = "not_a_table"
    NUL_BYTES = "nul_bytes"
    CELL_TOO_LONG = "cell_too_long"  # limit
    NO_ROWS = "no_rows"
    NO_SUCH_SHEET = "no_such_sheet"  # value
    MACROS_IGNORED = "macros_ignored"

    # Sheets and columns
    NO_KNOWN_SHEET = "no_known_sheet"  # expected
    MISSING_SHEET = "missing_sheet"  # expected
    DUPLICATE_SHEET = "duplicate_sheet"  # other
    UNKNOWN_SHEET = "unknown_sheet"  # value, suggestion
    HIDDEN_SHEET = "hidden_sheet"
    MISSING_HEADINGS = "missing_headings"  # expected
    MISSING_COLUMN = "missing_column"  # expected
    DUPLICATE_COLUMN = "duplicate_column"  # heading, other
    UNKNOWN_COLUMN = "unknown_column"  # value, suggestion

    # Cells and values; `heading` is the column's, `value` what was read
    REQUIRED = "required"  # heading
    REQUIRED_WITH = "required_with"  # heading, other
    NEED_ONE_AMOUNT = "need_one_amount"  # headings
    FORMULA_WITHOUT_VALUE = "formula_without_value"  # heading
    CELL_ERROR = "cell_error"  # heading, value
    NOT_A_DATE = "not_a_date"  # heading, value
    IMPOSSIBLE_DATE = "impossible_date"  # heading, value
    MONTH_FIRST_DATE = "month_first_date"  # heading, value, read
    DATE_FROM_NUMBER = "date_from_number"  # heading, value, read
    NOT_A_MONTH = "not_a_month"  # heading, value
    NOT_A_NUMBER = "not_a_number"  # heading, value, type, decimal (the file’s mark), low, high
    NOT_A_DURATION = "not_a_duration"  # heading, value
    NOT_A_BOOLEAN = "not_a_boolean"  # heading, value
    NOT_AN_INTEGER = "not_an_integer"  # as not_a_number
    AMBIGUOUS_NUMBER = "ambiguous_number"  # heading, value, read
    ROUNDED_AMOUNT = "rounded_amount"  # heading, value, read
    OUT_OF_RANGE = "out_of_range"  # heading, value, type, low and high or one of them
    NOT_A_CHOICE = "not_a_choice"  # heading, value, choices, suggestion
    NOT_AN_EMAIL = "not_an_email"  # heading, value
    NOT_SKILLS = "not_skills"  # heading, value
    NOT_A_CODE = "not_a_code"  # heading, value
    TOO_LONG = "too_long"  # heading, length, limit
    BAD_CHARACTERS = "bad_characters"  # heading

    # Rows together
    END_BEFORE_START = "end_before_start"  # heading, value, other_heading, other
    DUPLICATE_KEY = "duplicate_key"  # key, row (the first one)
    UNKNOWN_PROJECT = "unknown_project"  # heading, value, suggestion
    UNKNOWN_POLE = "unknown_pole"  # heading, value, suggestion
    UNKNOWN_PROGRAMME = "unknown_programme"  # heading, value
    UNKNOWN_PERSON = "unknown_person"  # heading, value, suggestion
    AMBIGUOUS_PERSON = "ambiguous_person"  # heading, value

    NO_SUCH_PERSON = "no_such_person"  # heading, value, suggestion
    NO_SUCH_PROJECT = "no_such_project"  # heading, value, suggestion
    UNKNOWN_TASK = "unknown_task"  # heading, value, suggestion
    AMBIGUOUS_ROW = "ambiguous_row"  # key
    NEED_COLUMN = "need_column"  # heading
    REFUSED_ROW = "refused_row"  # reason

    # Against what the organisation holds and what the person may do
    NEW_POLE = "new_pole"  # heading, value
    NEW_PROGRAMME = "new_programme"  # heading, value, suggestion
    POLE_NOT_ALLOWED = "pole_not_allowed"  # heading, value
    PROGRAMME_NOT_ALLOWED = "programme_not_allowed"  # heading, value
    PROJECT_NOT_YOURS = "project_not_yours"  # heading, value
    PROJECT_READ_ONLY = "project_read_only"  # heading, value
    PEOPLE_NOT_ALLOWED = "people_not_allowed"  # heading, value
    NEW_PERSON = "new_person"  # heading, value
    PROJECTS_OVER_LIMIT = "projects_over_limit"  # plan, limit, used, more
    FUTURE_DATE = "future_date"  # heading, value
    NEGATIVE_AMOUNT = "negative_amount"  # heading, value
    PLANNED_FROZEN = "planned_frozen"  # heading, value, project

    # Microsoft Project; `field` is the element's name
    DEPENDENCY_CYCLE = "dependency_cycle"  # path
    FAR_DATE = "far_date"  # value
    BAD_VALUE = "bad_value"  # field, value
    DATE_OUT_OF_RANGE = "date_out_of_range"  # field, value
    MISSING_UID = "missing_uid"
    DUPLICATE_UID = "duplicate_uid"  # uid
    UNNAMED_TASK = "unnamed_task"
    FINISH_BEFORE_START = "finish_before_start"  # value, other
    UNKNOWN_PREDECESSOR = "unknown_predecessor"  # uid
    SELF_LINK = "self_link"
    UNKNOWN_LINK_TYPE = "unknown_link_type"  # value
    UNDATED_CONSTRAINT = "undated_constraint"
    INACTIVE_TASK = "inactive_task"
    NO_START_DATE = "no_start_date"  # value (where it is counted from)
    FROM_FINISH = "from_finish"  # value
    FROM_NO_FINISH = "from_no_finish"
    CROSS_PROJECT_LINK = "cross_project_link"
    EXTERNAL_TASK = "external_task"
    ELAPSED_LAG = "elapsed_lag"  # read (minutes of working time)
    UNKNOWN_TASK_IN_ASSIGNMENT = "unknown_task_in_assignment"  # uid
    UNKNOWN_RESOURCE_IN_ASSIGNMENT = "unknown_resource_in_assignment"  # uid
    UNKNOWN_BASE_CALENDAR = "unknown_base_calendar"  # uid
    UNKNOWN_CALENDAR = "unknown_calendar"  # uid
    BAD_WORKING_TIME = "bad_working_time"  # value


@dataclass(frozen=True)
class Where:
    """A place in a file: a cell of a workbook, or an element of an XML file. All of it may be unknown.

    `row` counts from 1 as spreadsheets do; `column` is a letter; `element` reads "Task 12 “Installer”".
    """

    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    element: str | None = None
    line: int | None = None

    @property
    def cell(self) -> str | None:
        """The address as spreadsheets write it, such as "Budget!F12"; the sheet alone when that is all, the
        cell alone where a file has no sheets."""
        address = f"{self.column or ''}{self.row or ''}"
        if self.sheet is None:
            return address or None
        return f"{self.sheet}!{address}" if address else self.sheet


@dataclass(frozen=True)
class ImportProblem:
    """One thing that is wrong or doubtful, and where."""

    code: ProblemCode
    where: Where = Where()
    params: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


class ImportRefused(Exception):
    """A file of which nothing can be read, or not safely. Carries the problem that says why."""

    def __init__(self, code: ProblemCode, where: Where | None = None, **params: object) -> None:
        self.problem = ImportProblem(code, where or Where(), {name: str(value) for name, value in params.items()})
        super().__init__(f"{code} {dict(self.problem.params)}")


def errors(problems: Iterable[ImportProblem]) -> tuple[ImportProblem, ...]:
    """Those that stop an import."""
    return tuple(problem for problem in problems if problem.is_error)
