"""Latency of the read routes with 100 and with 100,000 images, and items read per item returned.

Over HTTP, through the functions of two deployments in turns. The emulator's DynamoDB reads ranges as the real one
does (`local.emulator.patches.query_ranges`); its own share is measured too, as the same query made directly.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests

from domain.image import PUBLIC
from local.deployment import Deployment, deployed
from recognition.images.runtime.filters import Filters
from recognition.images.runtime.search import Search
from recognition.results.runtime.index_rows import IndexTable
from tests.benchmarks.figure import Figure
from tests.benchmarks.stored_images import NEWEST, SEARCHED, store, stored
from tests.ports import free_port

FEW, MANY = 100, 100_000
WARM_UP, COUNTED = 20, 200
LISTED = "/images?label=cat&min_confidence=0.9"
PAGE, PAGES = 25, 20
ANY = Filters()
SEARCHES = {
    "all, newest first": ANY,
    "a label": replace(ANY, label="cat"),
    "a label at a floor": replace(ANY, label="cat", min_confidence=0.9),
    "a label between floors": replace(ANY, label="cat", min_confidence=0.95),
    "any label, below a floor": replace(ANY, min_confidence=0.5),
    "any label, at a floor": replace(ANY, min_confidence=0.9),
    "a detector": replace(ANY, detector="rekognition"),
    "rejected ones": replace(ANY, status="rejected"),
    "a label, until a time": replace(ANY, label="cat", min_confidence=0.9, until=NEWEST - timedelta(minutes=10)),
}

GOALS = {
    "GET /images/{image_id}": 1.2,
    "GET /images?label=&min_confidence=": 1.2,
    "the list's query, made directly": None,
    "GET /health": None,
}
Taken = dict[tuple[int, str], list[float]]


def figures() -> list[Figure]:
    """Return ratios of medians with their goals, the times themselves, and items read per item returned."""
    with _holding(FEW) as few, _holding(MANY) as many, requests.Session() as session:
        taken = _taken({FEW: _reads(session, few), MANY: _reads(session, many)})
        tables, dynamodb = _tables(many), many.client("dynamodb")
        read = {name: _read_for_each(dynamodb, tables, filters) for name, filters in SEARCHES.items()}
    return [*_ratios(taken), *_medians(taken), *_counted(read)]


@contextmanager
def _holding(images: int) -> Iterator[Deployment]:
    """Deploy the app with this number of images."""
    with tempfile.TemporaryDirectory() as directory, deployed(Path(directory), free_port()) as deployment:
        store(deployment.client("dynamodb"), *_tables(deployment), range(images))
        yield deployment


def _ratios(taken: Taken) -> Iterator[Figure]:
    for what, goal in GOALS.items():
        few, many = (statistics.median(taken[images, what]) for images in (FEW, MANY))
        yield Figure(f"{what}: p50 at {MANY:,} images ÷ at {FEW}", many / few, at_most=goal)


def _medians(taken: Taken) -> Iterator[Figure]:
    for (images, what), milliseconds in taken.items():
        for percent in (50, 99):
            value = statistics.quantiles(milliseconds, n=100)[percent - 1]
            yield Figure(f"{what}: p{percent} at {images:,} images", value, unit="ms")


def _counted(read: Mapping[str, tuple[int, int]]) -> list[Figure]:
    """Return items read per item returned, for all searches together and for each."""
    together = sum(items for items, _ in read.values()) / sum(shown for _, shown in read.values())
    return [
        Figure("items read per item returned, all searches together", together, at_most=1.1),
        *(
            Figure(f"items read per item returned: {name}", items / shown, at_most=1.1)
            for name, (items, shown) in read.items()
        ),
    ]


def _reads(session: requests.Session, deployment: Deployment) -> dict[str, Callable[[], Any]]:
    one = f"/images/{stored(FEW // 2).image.image_id}"
    dynamodb, (_, found_by) = deployment.client("dynamodb"), _tables(deployment)
    reads: list[Callable[[], Any]] = [
        lambda: _get(session, deployment, one),
        lambda: _get(session, deployment, LISTED),
        lambda: _query(dynamodb, found_by),
        lambda: _get(session, deployment, "/health"),
    ]
    return dict(zip(GOALS, reads, strict=True))


def _taken(reads: Mapping[int, Mapping[str, Callable[[], Any]]]) -> Taken:
    """Measure each read at each size in turns, so that a slow spell affects all alike."""
    taken: Taken = {(images, what): [] for what in GOALS for images in reads}
    for turn in range(WARM_UP + COUNTED):
        for (images, what), milliseconds in taken.items():
            begun = time.perf_counter()
            reads[images][what]()
            if turn >= WARM_UP:
                milliseconds.append((time.perf_counter() - begun) * 1000)
    return taken


def _get(session: requests.Session, deployment: Deployment, path: str) -> None:
    response = session.get(deployment.endpoints.api + path, timeout=60)
    assert response.status_code == 200, response.text


def _query(dynamodb: Any, table: str) -> Any:
    return dynamodb.query(
        TableName=table,
        KeyConditionExpression="#key = :key AND image_id BETWEEN :first AND :last",
        ExpressionAttributeNames={"#key": "found_by"},
        ExpressionAttributeValues={":key": {"S": SEARCHED[0]}, ":first": {"S": "img_"}, ":last": {"S": "img_~"}},
        ScanIndexForward=False,
        Limit=PAGE,
    )


def _read_for_each(dynamodb: Any, tables: tuple[str, str], filters: Filters) -> tuple[int, int]:
    """Return the numbers of items read (ScannedCount) by DynamoDB, and shown, for the first pages of a search."""
    read: list[int] = []
    dynamodb.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["ScannedCount"]), "count"
    )
    search, shown, after = Search(dynamodb, tables[0], IndexTable(tables[1], by_detector=True)), 0, None
    for _ in range(PAGES):
        entries, after = search.page(PUBLIC, filters, PAGE, after)
        shown += len(entries)
        if after is None:
            break
    dynamodb.meta.events.unregister("after-call.dynamodb.Query", unique_id="count")
    return sum(read), shown


def _tables(deployment: Deployment) -> tuple[str, str]:
    """Return the names of the recognitions table and of the image index."""
    functions = deployment.client("lambda").list_functions()["Functions"]
    (images,) = [
        function["Environment"]["Variables"] for function in functions if "-Images" in function["FunctionName"]
    ]
    return images["RECOGNITIONS_TABLE"], images["IMAGE_INDEX_TABLE"]


if __name__ == "__main__":
    print(*figures(), sep="\n")
