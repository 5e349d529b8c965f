"""What stops an import once it has begun."""

from typing import Any


class ImportNoLongerValidError(Exception):
    """What the preview had accepted has errors now; `preview` is the new one. Nothing was written."""

    def __init__(self, preview: dict[str, Any]) -> None:
        self.preview = preview
        super().__init__("the import is no longer valid")
