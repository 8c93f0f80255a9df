"""The refusal of a model, with a code; and the refusal for memory, which several modules raise."""

MEMORY_LIMIT_MB = 1024
"""The memory in which a model has to load and run; half of the function's."""

_MEMORY_ERRORS = ("bad_alloc", "bad allocation", "Failed to allocate", "allocate memory", "MemoryError")


class TrialError(Exception):
    """The reason a model is refused: a stable code, and a sentence for its owner."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def is_memory_error(text: str) -> bool:
    """Return whether an error's text is about a failed allocation."""
    return any(words in text for words in _MEMORY_ERRORS)


def too_much_memory() -> TrialError:
    """Return the refusal of a model that needs more memory than the limit."""
    return TrialError("too_much_memory", f"The model asks for more than {MEMORY_LIMIT_MB} MB of memory.")
