"""A box in the function's JSON."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge_ml.protocol import Box


def box(left: float, top: float, right: float, bottom: float) -> "Box":
    """Return the JSON of a box given in fractions of the picture's sides, 0–1, rounded to five digits."""
    return {
        "left": round(left, 5),
        "top": round(top, 5),
        "width": round(right - left, 5),
        "height": round(bottom - top, 5),
    }
