"""The quote of a deployment: the flags that describe its images, four examples, and the table of a month."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping

from sightline.pricing.load import DETECTORS, WAYS, Settings
from sightline.pricing.month import DAYS, SHAPES, Usage, month

WAY_NAMES = dict(zip(("put", "form", "url", "bytes"), WAYS.values(), strict=False))

SCENARIOS: Mapping[str, Usage] = {
    "trail-cameras": Usage(5000, labels=2, shape="dusk", way=WAY_NAMES["form"]),
    "app": Usage(1_000_000 / DAYS, "rekognition", labels=25, shape="daylight", way=WAY_NAMES["url"]),
    "farm": Usage(60 * 3, labels=3, together=3),
    "moderation-desk": Usage(12 * 86_400, "moderation", labels=10, settings=Settings(concurrency=25)),
}
"""Usages by the names that a command line takes."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags of a quote."""
    parser.add_argument("scenario", nargs="?", choices=SCENARIOS, help="an example; flags change it")
    parser.add_argument("--images-per-day", type=float, help="images on a mean day")
    parser.add_argument("--detector", choices=DETECTORS)
    parser.add_argument("--labels", type=float, help="labels of a mean image")
    parser.add_argument("--webhooks", type=float, help="webhooks that receive a mean image's event")
    parser.add_argument("--way", choices=WAY_NAMES, help="how images come: into S3, by form, by URL, as bytes")
    parser.add_argument("--shape", choices=SHAPES, help="how a day's images arrive")
    parser.add_argument("--together", type=int, help="pictures of a capture, which arrive at once")
    parser.add_argument("--batching-seconds", type=float, help="the setting batching_seconds")
    parser.add_argument("--tracing", choices=("pass_through", "active"), help="the setting tracing")
    parser.add_argument("--log-level", choices=("warning", "info", "debug"), help="the setting log_level")
    parser.add_argument("--concurrency", type=int, help="the setting concurrency")


def usage_of(parsed: Namespace) -> Usage:
    """Return the usage that the flags describe; flags that are not given are those of the example, or the defaults."""
    usage = SCENARIOS[parsed.scenario] if parsed.scenario else Usage(1000.0)
    given = {name: value for name, value in vars(parsed).items() if value is not None}
    settings = usage.settings._replace(**{name: given[name] for name in Settings._fields if name in given})
    changed = {name: given[name] for name in Usage._fields if name in given and name != "way"}
    way = WAY_NAMES[parsed.way] if parsed.way else usage.way
    return usage._replace(**changed, settings=settings, way=way)


def quote(usage: Usage) -> Iterator[str]:
    """Yield the lines of the table of a month, in Markdown."""
    parts = month(usage)
    yield f"| {usage.images_per_day:,.0f} images a day | a month |"
    yield "|---|---|"
    yield from (f"| {part} | {dollar_text(price)} |" for part, price in parts.items())
    yield f"| **in all** | **{dollar_text(sum(parts.values()))}** |"


def dollar_text(value: float) -> str:
    """Return dollars as text."""
    return f"${value:,.2f}"
