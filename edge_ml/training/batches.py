"""Batches of freshly rendered crops, prepared in a thread while the network trains on the last one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edge_ml.training.colour import recoloured
from edge_ml.training.photos import FILTERS, Box, Pixels, nudged, render, whole

COARSE_SHARE = 0.2


@dataclass(frozen=True)
class Batch:
    """uint8 pixels [N, S, S, 3] with the photograph and the crop each came from, both [N]."""

    pixels: Pixels
    photos: NDArray[np.int64]
    crops: NDArray[np.int64]


@dataclass(frozen=True)
class Shelf:
    """Photographs in memory with the boxes that may be cut from each."""

    images: list[Image.Image]
    boxes: list[list[Box]]

    def batch(self, photos: NDArray[np.int64], size: int, chance: np.random.Generator) -> Batch:
        """One random box of each photograph, half of them mirrored."""
        crops = chance.integers(len(self.boxes[0]), size=len(photos))
        pairs = zip(photos, crops, strict=True)
        pixels = [view(self.images[photo], self.boxes[photo][crop], size, chance) for photo, crop in pairs]
        return Batch(np.stack(pixels), photos, crops)


def view(image: Image.Image, box: Box, size: int, chance: np.random.Generator) -> Pixels:
    """A crop by a random resize filter, now and then through a coarser size, as small photographs look."""
    box, resample = nudged(box, image, chance), FILTERS[chance.integers(len(FILTERS))]
    if chance.random() < COARSE_SHARE:
        image = render(image, box, round(size * chance.uniform(0.4, 0.9)), resample)
        box = whole(image)
    pixels = np.asarray(recoloured(render(image, box, size, resample), chance))
    return pixels[:, ::-1] if chance.random() < 0.5 else pixels


def epoch(shelf: Shelf, count: int, size: int, chance: np.random.Generator) -> Iterator[Batch]:
    """All photographs once, in random order, in whole batches of `count`."""
    order = chance.permutation(len(shelf.images))
    count = min(count, len(order))
    parts = [order[first : first + count] for first in range(0, len(order) - count + 1, count)]
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(shelf.batch, parts[0], size, chance)
        for part in parts[1:]:
            ready, coming = coming.result(), pool.submit(shelf.batch, part, size, chance)
            yield ready
        yield coming.result()
