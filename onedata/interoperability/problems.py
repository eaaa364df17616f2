"""Errors in CKAN's shapes."""

from __future__ import annotations

from typing import Any


class ActionError(Exception):
    status = 409
    kind = "Validation Error"

    def __init__(self, message: str = "", /, **fields: list[str]) -> None:
        super().__init__(message or "; ".join(f"{name}: {', '.join(texts)}" for name, texts in fields.items()))
        self.message, self.fields = message, fields

    def as_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {"__type": self.kind, **self.fields}
        if self.message:
            found["message"] = self.message
        return found


class Invalid(ActionError):
    """Parameters that cannot be used: status 409, one list of texts for each."""


class NotFound(ActionError):
    status, kind = 404, "Not Found Error"

    def __init__(self, message: str = "Not found") -> None:
        super().__init__(message)


class NotAuthorized(ActionError):
    status, kind = 403, "Authorization Error"

    def __init__(self, message: str = "Access denied") -> None:
        super().__init__(message)


class SearchProblem(ActionError):
    status, kind = 409, "Search Query Error"
