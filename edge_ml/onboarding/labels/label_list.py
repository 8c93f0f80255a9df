"""The label list: the labels of a file in the order of the model's output, and other readings of the same file."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from edge_ml.serving.trial.trial_error import TrialError

Names = tuple[str, ...]

MOST_PLACES = 100_000
LONGEST_LABEL = 200
"""Characters: a longer one does not fit into an index row."""
PLACEHOLDERS = ("", "???", "N/A", "null", "~")
"""Placeholders in label files for an index without a label: the first is our own, the others are usual."""


class LabelsError(ValueError):
    """A file whose labels cannot be read with certainty; the text is the reason, to follow the file's name."""


class LabelList(NamedTuple):
    """The labels, the name of their source, and other readings, each of another length, used where the first fails."""

    names: Names
    origin: str
    others: Sequence[Names] = ()

    def fitting(self, count: int | None) -> Names:
        """Return the `count` labels of the model; those of the first reading where the count is unknown (None).

        Raises TrialError `label_count` with both numbers where no reading has this count.
        """
        if count is None:
            return self.names
        for names in (self.names, *self.others):
            if len(names) == count:
                return names
        found = len(self.names)
        raise TrialError(
            "label_count", f"The model has {count} labels and {self.origin} holds {found}.{_hint(count, found)}"
        )


def checked_names(names: Sequence[str]) -> Names:
    """Return the names, each place without a label filled with one of its own; raises LabelsError."""
    if all(name in PLACEHOLDERS for name in names):
        raise LabelsError("holds no labels: write one per line, or a JSON list")
    too_long = next((name for name in names if len(name) > LONGEST_LABEL), None)
    if too_long:
        raise LabelsError(f"holds a label of {len(too_long)} characters; {LONGEST_LABEL} are the most")
    return tuple(unnamed(index) if name in PLACEHOLDERS else name for index, name in enumerate(names))


def by_index(names: Mapping[int, str]) -> list[Names]:
    """Return the readings of labels by their index in the output; an index without a label keeps its place.

    Some files count from 1: without gaps, the first reading then is the list alone.
    """
    places = _places(names, 0)
    if min(names) == 1 and len(names) == max(names):
        return [places[1:], places]
    return [places]


def by_id(names: Mapping[int, str]) -> list[Names]:
    """Return the readings of labels by a dataset's IDs: the labels alone, by ID counted from 0, and from 1.

    A model of COCO has 80 outputs for its 80 labels, or 91 or 90 for IDs of up to 90.
    """
    alone = tuple(names[number] for number in sorted(names))
    readings = [alone, _places(names, 0)]
    return [*readings, _places(names, 1)] if min(names) >= 1 else readings


def unnamed(index: int) -> str:
    """Return the label of an index that has none in its file."""
    return f"unnamed {index}"


def _places(names: Mapping[int, str], first: int) -> Names:
    if max(names) >= MOST_PLACES:
        raise LabelsError(f"holds the index {max(names)}; the most is {MOST_PLACES - 1}")
    return tuple(names.get(index, "") for index in range(first, max(names) + 1))


def _hint(count: int, found: int) -> str:
    if count == found + 1:
        return " One is missing: many models begin with a label for the background."
    if count == found - 1:
        return " One is too many: does the file begin with a label for the background that the model does not have?"
    return ""
