"""A folder of labelled photographs, and the fixed split of it into train, validation and test."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}
TEST_SHARE = 0.12
VALIDATION_SHARE = 0.06


class FolderError(ValueError):
    """The folder does not hold one subfolder of photographs per label."""


@dataclass(frozen=True)
class Photo:
    """One labelled file; `label` is an index into the sorted subfolder names."""

    path: Path
    label: int
    split: str


def original(stem: str) -> str:
    """Name of the photograph that a variant such as `horse003~2` was made from."""
    return stem.partition("~")[0]


def digest(name: str) -> bytes:
    """SHA-256 of a name."""
    return hashlib.sha256(name.encode()).digest()


def split_names(stems: list[str]) -> dict[str, str]:
    """Assign each original name to "test", "validation" or "train" by the order of its SHA-256.

    Depends on nothing but the names, so a rerun on the same folder holds out the same photographs.
    """
    names = sorted({original(stem) for stem in stems}, key=digest)
    tests, validations = round(len(names) * TEST_SHARE), round(len(names) * VALIDATION_SHARE)
    parts = ["test"] * tests + ["validation"] * validations
    return dict(zip(names, parts + ["train"] * (len(names) - len(parts)), strict=True))


def photo_files(folder: Path) -> list[Path]:
    """Photographs directly inside `folder`, sorted by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)


def label_names(folder: Path) -> list[str]:
    """Subfolder names in alphabetical order: the order of the model's outputs."""
    if not folder.is_dir():
        raise FolderError(f"{folder} is not a folder")
    labels = sorted(path.name for path in folder.iterdir() if path.is_dir() and photo_files(path))
    if len(labels) < 2:
        raise FolderError(f"{folder} needs a subfolder of photographs for each of at least two labels")
    return labels


def labelled_photos(folder: Path) -> list[Photo]:
    """Every photograph with its label and split; variants (`~`) of held-out photographs are left out."""
    photos: list[Photo] = []
    for label, name in enumerate(label_names(folder)):
        files = photo_files(folder / name)
        splits = split_names([path.stem for path in files])
        photos += [Photo(path, label, splits[original(path.stem)]) for path in files]
    return [photo for photo in photos if photo.split == "train" or "~" not in photo.path.stem]


def photos_of(folder: Path, split: str) -> list[Photo]:
    """The photographs of one split: "train", "validation" or "test"."""
    return [photo for photo in labelled_photos(folder) if photo.split == split]
