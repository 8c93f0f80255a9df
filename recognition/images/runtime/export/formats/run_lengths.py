"""Masks as COCO's compressed run lengths, from the model's resolution to the picture's.

The runs of pixels outside and inside take turns, column by column. Without numpy, which no function of this unit has.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Span = tuple[int, int]
"""Of pixels inside: the first, and the one after the last."""


def scaled(mask: dict[str, Any], width: int, height: int) -> tuple[dict[str, Any], int]:
    """The mask at this size, each pixel as the one it lies in, and how many are inside."""
    rows, columns = mask["size"]
    within = [list[Span]() for _ in range(columns)]
    for start, end in _spans(_opened(mask["counts"])):
        _cut(within, rows, start, end)
    taller = [[(_scaled(a, rows, height), _scaled(b, rows, height)) for a, b in each] for each in within]
    spans = _joined(
        (height * x + start, height * x + end)
        for column, each in enumerate(taller)
        for x in range(_scaled(column, columns, width), _scaled(column + 1, columns, width))
        for start, end in each
    )
    found = list(spans)
    counts = _closed(_runs(found, width * height))
    return {"size": [height, width], "counts": counts}, sum(end - start for start, end in found)


def _scaled(place: int, size: int, to: int) -> int:
    """Where what begins at `place` of `size` begins when there are `to`."""
    return -(-place * to // size)


def _cut(columns: Sequence[list[Span]], rows: int, start: int, end: int) -> None:
    """Give each column its share of a span."""
    for column in range(start // rows, -(-end // rows)):
        top = column * rows
        columns[column].append((max(start - top, 0), min(end - top, rows)))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans, those that touch as one, empty ones left out."""
    begun, ended = 0, 0
    for start, end in spans:
        if start == ended:
            ended = end
        elif start < end:
            if begun < ended:
                yield begun, ended
            begun, ended = start, end
    if begun < ended:
        yield begun, ended


def _spans(runs: Sequence[int]) -> Iterator[Span]:
    at = 0
    for turn, run in enumerate(runs):
        if turn % 2 and run:
            yield at, at + run
        at += run


def _runs(spans: Iterable[Span], pixels: int) -> list[int]:
    runs, at = [], 0
    for start, end in spans:
        runs += [start - at, end - start]
        at = end
    return [*runs, pixels - at] if at < pixels else runs


def _opened(counts: str) -> list[int]:
    """Each run but the first three is written as its difference to the one before last: five bits a character."""
    runs: list[int] = []
    number = shift = 0
    for character in counts.encode():
        bits = character - 48
        number |= (bits & 31) << shift
        shift += 5
        if not bits & 32:
            difference = number - (1 << shift) if bits & 16 else number
            runs.append(difference + runs[-2] if len(runs) > 2 else difference)
            number = shift = 0
    return runs


def _closed(runs: Sequence[int]) -> str:
    differences = [*runs[:3], *(run - earlier for run, earlier in zip(runs[3:], runs[1:], strict=False))]
    return "".join(map(_characters, differences))


def _characters(number: int) -> str:
    text = ""
    while not -16 <= number < 16:
        text += chr((number & 31 | 32) + 48)
        number >>= 5
    return text + chr((number & 31) + 48)
