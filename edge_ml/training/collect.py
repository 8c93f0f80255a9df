"""Label the project's data sets: python -m edge_ml.training.collect ../shared/data --into <folder>."""

import argparse
import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from edge_ml.training.folders import label_names, photo_files, photos_of
from edge_ml.training.paste import composite

DOGS, CATS, SORREL = range(151, 269), range(281, 286), 339
FIELD_EVERY, LEAF_EVERY = 3, 9
COMPOSITES = 2


def imagenet_label(index: int) -> str:
    """The label of an ImageNet-1k class: wolves, wild cats and zebras are other."""
    if index in DOGS:
        return "dog"
    if index in CATS:
        return "cat"
    return "horse" if index == SORREL else "other"


def link(path: Path, folder: Path, name: str) -> None:
    """Link `path` into `folder` under `name`, keeping its suffix."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}{path.suffix.lower()}"
    if not target.is_symlink():
        target.symlink_to(path.resolve())


def link_all(paths: Iterable[Path], folder: Path, prefix: str) -> None:
    """Link each photograph once."""
    for path in paths:
        link(path, folder, f"{prefix}-{path.stem}")


def link_imagenet(sample: Path, into: Path) -> None:
    """Link the sample by label."""
    with (sample / "labels.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            photo = sample / row["file"]
            link(photo, into / imagenet_label(int(row["index"])), f"imagenet-{photo.stem}")


def paste_horses(horses: Path, into: Path, seed: int) -> int:
    """Add composites of the horses to train on before backgrounds to train on; returns how many."""
    chance, other = np.random.default_rng(seed), label_names(into).index("other")
    taught = [photo for photo in photos_of(into, "train") if "~" not in photo.path.stem]
    scenes = [p.path for p in taught if p.label == other and p.path.name.startswith("imagenet")]
    written = 0
    for photo in taught:
        mask = horses / "mask" / f"{photo.path.stem.removeprefix('weizmann-')}.png"
        if not photo.path.name.startswith("weizmann-") or not mask.exists():
            continue
        for number in range(COMPOSITES):
            scene = scenes[chance.integers(len(scenes))]
            image = composite(photo.path, mask, scene, chance)
            image.save(photo.path.with_name(f"{photo.path.stem}~{number}.jpg"), quality=90)
            written += 1
    return written


def collect(data: Path, into: Path, seed: int) -> None:
    """Link every set under its label and paste the horses."""
    for label in ("cat", "dog"):
        link_all(photo_files(data / "animals" / label), into / label, "asirra")
    link_all(photo_files(data / "horses" / "photo"), into / "horse", "weizmann")
    link_imagenet(data / "imagenet-sample", into)
    for plants, every in (("potato-field", FIELD_EVERY), ("potato-leaf", LEAF_EVERY)):
        for kind in sorted(path for path in (data / plants).iterdir() if path.is_dir()):
            link_all(photo_files(kind)[::every], into / "other", f"{plants}-{kind.name}")
    print(f"{paste_horses(data / 'horses', into, seed)} horses pasted")


def main() -> None:
    """Collect and say how many photographs each label has."""
    parser = argparse.ArgumentParser(prog="python -m edge_ml.training.collect", description=__doc__)
    parser.add_argument("data", type=Path, help="the data folder, such as ../shared/data")
    parser.add_argument("--into", type=Path, required=True, help="folder to make")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    if not (chosen.data / "animals").is_dir():
        parser.error(f"{chosen.data} holds no animals folder")
    collect(chosen.data, chosen.into, chosen.seed)
    for label in label_names(chosen.into):
        print(f"{label}: {len(photo_files(chosen.into / label))}")


if __name__ == "__main__":
    main()
