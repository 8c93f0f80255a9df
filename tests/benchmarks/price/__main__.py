"""Print the tables of docs/costs.md, computed from the one table of prices: `python -m tests.benchmarks.price`."""

from collections.abc import Iterator

from tests.benchmarks.price.idle import dashboard_price, idle_prices, metrics_price
from tests.benchmarks.price.images import (
    BATCH,
    DETECTORS,
    LABELS,
    MODEL_MS,
    UNSURE,
    WAYS,
    Way,
    image_price,
    model_price,
    path_price,
    request_price,
)
from tests.benchmarks.price.rows import rows_price
from tests.benchmarks.price.table import PRICES, dollars


def tables() -> dict[str, str]:
    """Return the tables in Markdown by their names."""
    return {
        "idle": "\n".join(_idle()),
        "images": "\n".join(_images()),
        "parts": "\n".join(_parts()),
        "prices": "\n".join(_prices()),
    }


def _idle() -> Iterator[str]:
    yield "| at rest, without any image | a month |"
    yield "|---|---|"
    prices = idle_prices()
    yield from (f"| {name} | {_dollars(price)} |" for name, price in prices.items())
    yield f"| **in all** | **{_dollars(sum(prices.values()))}** |"
    yield f"| the dashboard, where the account has three others already | {_dollars(dashboard_price())} |"
    yield f"| the app's own metrics, in a month with images in every hour | {_dollars(metrics_price())} |"


def _images() -> Iterator[str]:
    columns = " | ".join(f"{labels} label{'s' if labels > 1 else ''}" for labels in LABELS)
    yield f"| way in | detector | {columns} | 25 labels, one by one |"
    yield f"|---|---|{'---|' * (len(LABELS) + 1)}"
    for name, way in WAYS.items():
        for detector in DETECTORS if way.is_stored else DETECTORS[:1]:
            yield f"| {name} | `{detector}` | {' | '.join(_row(way, detector))} |"


def _row(way: Way, detector: str) -> Iterator[str]:
    yield from (_dollars(image_price(way, detector, labels)) for labels in LABELS)
    yield _dollars(image_price(way, detector, 25, batch=1))


def _parts() -> Iterator[str]:
    url = WAYS["`POST /images`, a URL"]
    request = "the caller's `POST /images` with a URL: API Gateway, authorizer, function"
    yield "| part | a million images |"
    yield "|---|---|"
    yield f"| {request} | {_dollars(request_price(url))} |"
    yield f"| the edge function alone, 2-MP photos at {MODEL_MS:g} ms | {_dollars(model_price(MODEL_MS))} |"
    for batch, title in (
        (BATCH, "from S3 to the published event by `edge`, 1 label, in tens"),
        (1, "the same, one by one"),
    ):
        yield f"| {title} | {_dollars(path_price(MODEL_MS, 'edge', 1, batch))} |"
    for labels in LABELS:
        title = f"DynamoDB for {labels} label{'s' if labels > 1 else ''} of `rekognition`"
        yield f"| {title} | {_dollars(rows_price('rekognition', labels, BATCH))} |"
    yield f"| DetectLabels, the detector alone | {_dollars(dollars('Rekognition'))} |"
    yield f"| X-Ray, where it records one trace an image | {_dollars(dollars('X-Ray'))} |"


def _prices() -> Iterator[str]:
    yield "| service | US dollars | for |"
    yield "|---|---|---|"
    yield from (f"| {name} | {price.dollars:g} | {price.unit} |" for name, price in PRICES.items())


def _dollars(value: float) -> str:
    return f"${value:,.2f}"


if __name__ == "__main__":
    print("\n\n".join(tables().values()))
    print(f"\nA cascade asks Rekognition about {UNSURE:.0%} of its images.")
