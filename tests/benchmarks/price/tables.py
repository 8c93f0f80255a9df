"""The tables of docs/costs.md, in Markdown, computed from the one table of prices."""

from collections.abc import Iterator

from sightline.pricing.assumptions import MODEL_MS
from sightline.pricing.batching.batches import Arrivals
from sightline.pricing.bill import batches, bill, price
from sightline.pricing.load import WAYS, Load, Settings, Way
from sightline.pricing.month import AtRest
from sightline.pricing.prices import PRICES
from sightline.pricing.quote import SCENARIOS, dollar_text, quote
from tests.benchmarks.price.idle import dashboard_price, metrics_price

LABELS = (1, 10, 25, 50, 100)
DETECTORS = ("edge", "cascade", "rekognition")
RATES = (0.1, 1.0, 11.6, 120.0)
PUT = WAYS["`PutObject` by credentials of your own"]
BEFORE = Settings(batching_seconds=0, tracing="active", log_level="debug")


def tables() -> dict[str, str]:
    """Return the tables by their names."""
    found = {
        "idle": _idle(),
        "rates": _rates(),
        "parts": _parts(),
        "images": _images(),
        "prices": _prices(),
    } | {name: quote(usage) for name, usage in SCENARIOS.items()}
    return {name: "\n".join(lines) for name, lines in found.items()}


def _idle() -> Iterator[str]:
    yield "| at rest, without any image | a month |"
    yield "|---|---|"
    prices = AtRest().lines()
    yield from (f"| {name} | {dollar_text(value)} |" for name, value in prices.items())
    yield f"| **in all** | **{dollar_text(sum(prices.values()))}** |"
    yield f"| the dashboard, where the account has three others already | {dollar_text(dashboard_price())} |"
    yield f"| the app's own metrics, in a month with images in every hour | {dollar_text(metrics_price())} |"


def _rates() -> Iterator[str]:
    yield "| images a second | images in a batch | a million images | without a window, traced, all logged |"
    yield "|---|---|---|---|"
    for rate in RATES:
        load = Load(PUT, arrivals=Arrivals(rate))
        mean, before = batches(load).recognize, price(load._replace(settings=BEFORE))
        yield f"| {rate:g} | {mean:.1f} | {dollar_text(price(load))} | {dollar_text(before)} |"


def _parts() -> Iterator[str]:
    """Yield what the parts of the way cost, at a million images a day."""
    url = WAYS["`POST /images`, a URL"]
    parts: dict[str, float] = {}
    for line in bill(Load(url, webhooks=1)):
        parts[line.part] = parts.get(line.part, 0.0) + line.dollars
    yield f"| part | a million images by URL, 1 label of `edge` at {MODEL_MS:g} ms, 1 webhook |"
    yield "|---|---|"
    yield from (f"| {part} | {dollar_text(value)} |" for part, value in parts.items() if value)
    yield f"| **in all** | **{dollar_text(sum(parts.values()))}** |"


def _images() -> Iterator[str]:
    columns = " | ".join(f"{labels} label{'s' if labels > 1 else ''}" for labels in LABELS)
    yield f"| way in | detector | {columns} |"
    yield f"|---|---|{'---|' * len(LABELS)}"
    for name, way in WAYS.items():
        for detector in DETECTORS if way.is_stored else DETECTORS[:1]:
            yield f"| {name} | `{detector}` | {' | '.join(_row(way, detector))} |"


def _row(way: Way, detector: str) -> Iterator[str]:
    yield from (dollar_text(price(Load(way, detector, labels))) for labels in LABELS)


def _prices() -> Iterator[str]:
    yield "| service | US dollars | for |"
    yield "|---|---|---|"
    yield from (f"| {name} | {known.dollars:g} | {known.unit} |" for name, known in PRICES.items())
