"""The lines around a mask, which is given as COCO's compressed run lengths.

Runs of pixels outside and inside alternate, column by column. NumPy is not used: no function of this unit has it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypedDict

Corner = tuple[int, int]
"""A corner of pixels, x, y, from the upper left one."""


class RunLengths(TypedDict):
    """A mask: `size` is height and width in pixels, `counts` the compressed run lengths."""

    size: list[int]
    counts: str


class Span(NamedTuple):
    """A run of pixels inside, in one column: the first pixel, and the one after the last."""

    start: int
    end: int


def mask_lines(mask: RunLengths) -> list[list[tuple[float, float]]]:
    """Return the closed lines along the sides of the mask's pixels, in fractions of its size."""
    height, width = mask["size"]
    ways: dict[Corner, list[Corner]] = {}
    for start, end in _sides(_columns(mask["counts"], height, width)):
        ways.setdefault(start, []).append(end)
    lines = []
    while ways:
        line = _walk(ways)
        lines.append([(x / width, y / height) for x, y in _corners(line)])
    return lines


def _columns(counts: str, height: int, width: int) -> list[list[Span]]:
    columns = [list[Span]() for _ in range(width)]
    position = 0
    for number, run in enumerate(_decompressed(counts)):
        end = position + run
        if number % 2 and run:
            for column in range(position // height, -(-end // height)):
                top = column * height
                columns[column].append(Span(max(position - top, 0), min(end - top, height)))
        position = end
    return columns


def _sides(columns: Sequence[Sequence[Span]]) -> Iterator[tuple[Corner, Corner]]:
    """Yield the sides between a pixel inside and one outside, joined along a column; inside is on the right."""
    before: Sequence[Span] = ()
    for x, spans in enumerate([*columns, ()]):
        for span in spans:
            yield (x, span.start), (x + 1, span.start)
            yield (x + 1, span.end), (x, span.end)
        for start, end in _without(spans, before):
            yield (x, end), (x, start)
        for start, end in _without(before, spans):
            yield (x, start), (x, end)
        before = spans


def _without(spans: Sequence[Span], others: Sequence[Span]) -> Iterator[Span]:
    """Yield the parts of the spans that lie in none of the others."""
    for start, end in spans:
        for other in others:
            if other.start < end and other.end > start:
                if start < other.start:
                    yield Span(start, other.start)
                start = max(start, other.end)
        if start < end:
            yield Span(start, end)


def _walk(ways: dict[Corner, list[Corner]]) -> list[Corner]:
    """Follow the sides from any corner until it is reached again, and remove them.

    Where four sides meet, two pixels touch at a corner: a turn to the right keeps them apart.
    """
    first = place = next(iter(ways))
    line, direction = [first], (0, 0)
    while True:
        onward = ways[place]
        step = max(onward, key=lambda end: _turn(direction, place, end))
        onward.remove(step)
        if not onward:
            del ways[place]
        direction = (step[0] - place[0], step[1] - place[1])
        place = step
        if place == first:
            return line
        line.append(place)


def _turn(direction: Corner, place: Corner, end: Corner) -> int:
    """Return more than 0 for a turn to the right, as it is seen with y downward, and less for one to the left."""
    return direction[0] * (end[1] - place[1]) - direction[1] * (end[0] - place[0])


def _corners(line: Sequence[Corner]) -> list[Corner]:
    """Return the points at which a closed line turns."""
    around = zip([line[-1], *line[:-1]], line, [*line[1:], line[0]], strict=True)
    return [
        place for before, place, after in around if _turn((place[0] - before[0], place[1] - before[1]), place, after)
    ]


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
