"""The filters that `list` and `export` have in common."""

from argparse import ArgumentParser, Namespace

from sightline.client.schemas.queries import Filters

_FILTERS = {
    "label": "images with this label (with at least 0.5, or --min-confidence)",
    "min_confidence": "images with a detection of at least this confidence, 0–1",
    "detector": "images recognized by this detector, such as edge, rekognition or moderation",
    "status": "recognized or rejected",
    "since": "images received at this time or later: 2026-11-21, or 2026-11-21T14:30:00Z",
    "until": "images received before this time",
}


def add_filters(parser: ArgumentParser) -> None:
    """Add a flag for each filter."""
    for name, about in _FILTERS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=float if name == "min_confidence" else str, help=about)


def filters(arguments: Namespace) -> Filters:
    """Return the filters as the client takes them; the API validates their values."""
    return Filters(
        label=arguments.label,
        min_confidence=arguments.min_confidence,
        detector=arguments.detector,
        status=arguments.status,
        since=arguments.since,
        until=arguments.until,
    )
