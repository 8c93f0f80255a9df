"""Why one image gets no answer while its neighbours do."""


class ImageError(Exception):
    """A stable code, a sentence for the caller, and whether asking again may help."""

    def __init__(self, code: str, detail: str, *, retryable: bool = False) -> None:
        super().__init__(detail)
        self.code, self.detail, self.retryable = code, detail, retryable

    def to_dict(self) -> dict[str, str | bool]:
        """The JSON form that recognition reads."""
        return {"code": self.code, "detail": self.detail, "retryable": self.retryable}
