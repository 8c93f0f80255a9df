"""Masks as COCO's compressed run lengths, scaled from the model's resolution to the picture's.

Runs of pixels outside and inside alternate, column by column. NumPy is not used: no function of this unit has it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypedDict


class RunLengths(TypedDict):
    """A mask: `size` is height and width in pixels, `counts` the compressed run lengths."""

    size: list[int]
    counts: str


class Span(NamedTuple):
    """A run of pixels inside: the first pixel, and the one after the last."""

    start: int
    end: int


class ScaledMask(NamedTuple):
    """A mask, and its number of pixels inside."""

    mask: RunLengths
    pixels: int


def scaled(mask: RunLengths, width: int, height: int) -> ScaledMask:
    """Return the mask at this size in pixels; each pixel is inside if the mask's pixel at its position is."""
    rows, columns = mask["size"]
    by_column = [list[Span]() for _ in range(columns)]
    for span in _spans(_decompressed(mask["counts"])):
        _cut(by_column, rows, span)
    taller = [
        [Span(_scaled(start, rows, height), _scaled(end, rows, height)) for start, end in spans] for spans in by_column
    ]
    joined = list(
        _joined(
            Span(height * x + start, height * x + end)
            for column, spans in enumerate(taller)
            for x in range(_scaled(column, columns, width), _scaled(column + 1, columns, width))
            for start, end in spans
        )
    )
    counts = _compressed(_runs(joined, width * height))
    return ScaledMask({"size": [height, width], "counts": counts}, sum(end - start for start, end in joined))


def _scaled(position: int, size: int, new_size: int) -> int:
    """Return the start, at the new size, of the pixel that starts at `position` of `size`."""
    return -(-position * new_size // size)


def _cut(columns: Sequence[list[Span]], rows: int, span: Span) -> None:
    """Add to each column its part of a span."""
    for column in range(span.start // rows, -(-span.end // rows)):
        top = column * rows
        columns[column].append(Span(max(span.start - top, 0), min(span.end - top, rows)))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the spans: adjacent ones joined, empty ones left out."""
    start, end = 0, 0
    for span in spans:
        if span.start == end:
            end = span.end
        elif span.start < span.end:
            if start < end:
                yield Span(start, end)
            start, end = span
    if start < end:
        yield Span(start, end)


def _spans(runs: Sequence[int]) -> Iterator[Span]:
    position = 0
    for number, run in enumerate(runs):
        if number % 2 and run:
            yield Span(position, position + run)
        position += run


def _runs(spans: Iterable[Span], pixels: int) -> list[int]:
    runs, position = list[int](), 0
    for start, end in spans:
        runs += [start - position, end - start]
        position = end
    return [*runs, pixels - position] if position < pixels else runs


def _decompressed(counts: str) -> list[int]:
    """Return the runs. All but the first three are stored as differences to the run before last, 5 bits a character."""
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


def _compressed(runs: Sequence[int]) -> str:
    differences = [*runs[:3], *(run - earlier for run, earlier in zip(runs[3:], runs[1:], strict=False))]
    return "".join(map(_characters, differences))


def _characters(number: int) -> str:
    text = ""
    while not -16 <= number < 16:
        text += chr((number & 31 | 32) + 48)
        number >>= 5
    return text + chr((number & 31) + 48)
