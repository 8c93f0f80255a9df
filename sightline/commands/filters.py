"""Which images are meant: the filters that `list` and `export` take."""

from argparse import ArgumentParser, Namespace

_FILTERS = {
    "label": "images on which this was seen (at least so surely as --min-confidence says)",
    "min_confidence": "images on which something was seen at least so surely, 0–1",
    "detector": "images that this one answered: rekognition or edge",
    "status": "recognized or rejected",
    "since": "images received from then on: 2026-11-21, or 2026-11-21T14:30:00Z",
    "until": "images received before then",
}


def add_filters(added: ArgumentParser) -> None:
    """Let a command take them."""
    for name, about in _FILTERS.items():
        added.add_argument(f"--{name.replace('_', '-')}", type=float if name == "min_confidence" else str, help=about)


def filters(given: Namespace) -> dict[str, object]:
    """Those given, as the API takes them; what they may say is for the API to judge."""
    return {name: getattr(given, name) for name in _FILTERS}
