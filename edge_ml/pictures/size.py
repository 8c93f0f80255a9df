"""Sizes of pictures."""

Size = tuple[int, int]
"""(width, height) in pixels."""


def scale_within(size: Size, *, max_side: int, min_side: int = 1, grow_to: int = 1) -> Size:
    """Return `size` scaled so that the longer side is at most `max_side` and the shorter at least `min_side`.

    A picture whose longer side is under `grow_to` grows to that. Proportions are kept, except for strips so thin that
    a side would fall below `min_side`.
    """
    growth = max(1.0, grow_to / max(size), min_side / min(size))
    scale = min(max_side / max(size), growth)
    width, height = (min(max(round(side * scale), min_side), max_side) for side in size)
    return (width, height)
