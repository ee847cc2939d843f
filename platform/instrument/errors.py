"""What can be wrong with a definition file or with an answer."""

from __future__ import annotations


class DefinitionError(ValueError):
    """Error in a definition file that does not follow the format; names the file, the item and the field.

    `item` is empty where the error belongs to the file as a whole.
    """

    def __init__(self, file: str, item: str, field: str, message: str) -> None:
        self.file = file
        self.item = item
        self.field = field
        self.message = message
        super().__init__(": ".join(part for part in (file, item, field, message) if part))


class InvalidAnswer(ValueError):
    """An answer that the item does not allow.

    `reason` is a stable slug for programs: unknown_item, unknown_option, unknown_level, exclusive, repeated,
    empty, wrong_type, not_allowed, reason_required, value_required, value_not_allowed, unknown_figure,
    bad_figure. `message` is an English sentence for people.
    """

    def __init__(self, item: str, field: str, reason: str, message: str) -> None:
        self.item = item
        self.field = field
        self.reason = reason
        self.message = message
        super().__init__(f"{item}: {message}")
