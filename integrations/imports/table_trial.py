"""Which rows of a table only an action refuses: found by writing beginnings of a chunk, and rolling them back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.imports.domain.references import RawRow
from integrations.imports.holdings import load_holdings
from integrations.imports.table_changes import TableComparison
from integrations.imports.table_settings import TableSettings
from integrations.imports.table_writer import TableWriter


class RowsRefusedError(Exception):
    """An action refuses rows that the comparison had found right; nothing of their chunk is written. `reasons` are
    its sentences by row."""

    def __init__(self, reasons: Mapping[int, str]) -> None:
        self.reasons = reasons
        super().__init__(f"{len(reasons)} rows")


def as_it_was_read(record: RawRow) -> RawRow:
    """A copy, before a comparison resolves its references in place."""
    return replace(record, values=dict(record.values))


class _TriedError(Exception):
    """Rolls a trial back."""


class Trial:
    """Tries rows as `writer` would write them; about log2(n) trials for each faulty row of n."""

    def __init__(self, settings: TableSettings, writer: TableWriter) -> None:
        self.settings, self.writer = settings, writer

    def faulty(self, records: Sequence[RawRow]) -> dict[int, str]:
        """The rows that cannot be written after those before them, and why."""
        left, found = list(records), {}
        right = 0  # as many at the beginning are known to pass
        while self._refusal(left):
            wrong = len(left)
            while wrong - right > 1:
                middle = (right + wrong) // 2
                if self._refusal(left[:middle]):
                    wrong = middle
                else:
                    right = middle
            row = left[wrong - 1].row
            found[row] = self._refusal(left[:wrong])
            left = [record for record in left if record.row != row]
            right = sum(record.row < row for record in left[:right])
        return found

    def _refusal(self, records: Sequence[RawRow]) -> str:
        """Why these rows cannot be written; empty when they can. Everything is read again: what a writing that was
        rolled back has left in memory is wrong."""
        real = self.writer.comparison
        try:
            with transaction.atomic():
                comparison = TableComparison(
                    self.settings, real.member, load_holdings(lock=True), real.custom, lock=True
                )
                writer = TableWriter(comparison, self.writer.actor, self.writer.file_name, self.writer.batch_id)
                changes = comparison.chunk([as_it_was_read(record) for record in records], [])
                writer.write(changes, lambda _done, _message: None)
                raise _TriedError
        except _TriedError:
            return ""
        except ValidationError as error:
            return " ".join(dict.fromkeys(error.messages))
