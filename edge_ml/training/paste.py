"""More photographs of a rare label: its animals cut out by mask and set before other backgrounds."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter, ImageOps

SIDE = (280, 210)


def backdrop(path: Path, chance: np.random.Generator) -> Image.Image:
    """A random part of a photograph, 280 x 210 pixels."""
    with Image.open(path) as opened:
        image = ImageOps.fit(opened.convert("RGB"), SIDE, Image.Resampling.BICUBIC, 0.15 * chance.random())
    return ImageOps.mirror(image) if chance.random() < 0.5 else image


def cutout(photo: Path, mask: Path) -> Image.Image:
    """The masked animal alone, cropped to it, with soft edges (RGBA)."""
    with Image.open(photo) as image, Image.open(mask) as drawn:
        # Shrinking the mask a little leaves out the rim of old background.
        alpha = drawn.convert("L").resize(image.size).filter(ImageFilter.MinFilter(3))
        animal = image.convert("RGB")
    animal.putalpha(alpha.filter(ImageFilter.GaussianBlur(0.8)))
    return animal.crop(alpha.getbbox())


def composite(photo: Path, mask: Path, background: Path, chance: np.random.Generator) -> Image.Image:
    """The animal of `photo` at 45-105 % of the frame, anywhere in the lower part of `background`."""
    animal, scene = cutout(photo, mask), backdrop(background, chance)
    scale = chance.uniform(0.45, 1.05) * min(SIDE[0] / animal.width, SIDE[1] / animal.height)
    animal = animal.resize((max(round(animal.width * scale), 1), max(round(animal.height * scale), 1)))
    left = round(chance.uniform(0, 1) * max(SIDE[0] - animal.width, 0))
    top = round(chance.uniform(0.4, 1) * max(SIDE[1] - animal.height, 0))
    scene.paste(animal, (left, top), animal)
    return scene
