"""The error of one image; the other images of its batch are unaffected."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge_ml.protocol import Error


class ImageError(Exception):
    """A stable code, a sentence for the caller, and whether a retry may succeed."""

    def __init__(self, code: str, detail: str, *, retryable: bool = False) -> None:
        super().__init__(detail)
        self.code, self.detail, self.retryable = code, detail, retryable

    def to_dict(self) -> "Error":
        """Return the JSON form that recognition reads."""
        return {"code": self.code, "detail": self.detail, "retryable": self.retryable}
