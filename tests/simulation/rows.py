"""The rows of one image, as the product's own row code makes them; a test counts them under moto."""

import re
from typing import TYPE_CHECKING

from tests.simulation.chain import Rows

if TYPE_CHECKING:
    from tests.benchmarks.price.meter import Step

_OWNER = re.compile(r".*?/(?=label/|seen/|detector/)")

ROWS = Rows(
    current=1.0,
    found_by=(("label/0.5/dog", 1.0), ("label/0.9/dog", 1.0), ("seen/0.9", 1.0)),
    cache=0.0,
    delivery=1.0,
    delivery_indexes=("by_webhook",),
)
"""Those of an image that the edge model has given one label, and of one delivery."""


def counted(recognize: "Step", deliver: "Step") -> Rows:
    """Return the rows of a batch of one image, and of its delivery."""
    index = recognize.partitions["index"]
    units = recognize.writes["index"] / len(index)
    indexes = [name.partition("/")[2] for name in deliver.writes if name.startswith("deliveries/")]
    return Rows(
        current=recognize.writes["recognitions"],
        found_by=tuple(sorted((_OWNER.sub("", key), units) for key in index)),
        cache=recognize.writes.get("answers", 0.0),
        delivery=deliver.writes["deliveries"],
        delivery_indexes=tuple(sorted(indexes)),
    )
