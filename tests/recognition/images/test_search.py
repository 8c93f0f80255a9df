"""Search by label, confidence, detector and time, with the rows that DynamoDB reads for it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import boto3
import pytest
from moto import mock_aws

from domain.ids import timed_id
from domain.image import Image
from domain.options import Options
from domain.recognition import Detection, Model, Outcome, Recognition, Rejection
from recognition.images.runtime.filters import Filters
from recognition.images.runtime.search import Search
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.index_rows import IndexTable
from tests.builders import create_table, http_request, image
from tests.recognition.conftest import TABLES
from wire.aws import rows
from wire.http.api import ApiError

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
AT = "2026-11-20T17:00:01.000Z"


@dataclass
class Counting:
    """A DynamoDB client that counts queries and the rows that they read."""

    dynamodb: Any
    queries: int = 0
    read: int = 0
    limits: list[int] = field(default_factory=list)

    def query(self, **arguments: Any) -> Any:
        page = self.dynamodb.query(**arguments)
        self.queries, self.read = self.queries + 1, self.read + page["ScannedCount"]
        self.limits.append(arguments["Limit"])
        return page


def nth(n: int) -> Image:
    """Return an image of ann's that arrived this many minutes after noon."""
    return image(f"{n}.jpg", image_id=timed_id("img", NOON + timedelta(minutes=n), f"{n:020x}"), owner="ann")


def recognized(detector: str = "edge", **labels: float) -> Recognition:
    detections = tuple(Detection(label.replace("_", " "), confidence) for label, confidence in labels.items())
    return Recognition(detector, Model("m", "1"), detections, duration_ms=1)


def store(dynamodb: Any, outcomes: Iterable[Outcome]) -> None:
    """Store these outcomes as the worker does, each of a later image of ann's."""
    entries = [Entry(nth(n), outcome, AT, Options()) for n, outcome in enumerate(outcomes)]
    rows.write(dynamodb, [rows.put("recognitions", entry.to_item()) for entry in entries])
    rows.write(dynamodb, [rows.put("index", row) for entry in entries for row in index_rows.rows(entry)])


def filters(**query: str) -> Filters:
    return Filters.from_request(http_request("GET /images", query=query))


def search(dynamodb: Any, *, by_detector: bool = True) -> Search:
    return Search(dynamodb, "recognitions", IndexTable("index", by_detector))


def names_found(dynamodb: Any, query: dict[str, str], limit: int = 100, owner: str = "ann") -> list[str]:
    """Return the names of all images found, page by page."""
    names, after = [], None
    while True:
        entries, after = search(dynamodb).page(owner, filters(**query), limit, after)
        names += [entry.image.name.removesuffix(".jpg") for entry in entries]
        if after is None:
            return names


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    """Return a DynamoDB client with empty tables."""
    with mock_aws():
        yield tables()


@pytest.fixture
def stocked(dynamodb: Any) -> Any:
    """Return a DynamoDB client whose tables hold OUTCOMES."""
    store(dynamodb, OUTCOMES)
    return dynamodb


def tables() -> Any:
    dynamodb = boto3.client("dynamodb")
    for name, keys in TABLES.items():
        create_table(dynamodb, name, *keys)
    return dynamodb


OUTCOMES: list[Outcome] = [
    recognized(cat=0.97, dog=0.2),
    recognized(Cat=0.6),
    recognized("rekognition", cat=0.95, grass=0.55),
    recognized(cat=0.3),
    recognized(unknown=0.99),
    Rejection("damaged_image", "It is damaged."),
    recognized(dog=0.91),
    recognized("rekognition", DOG=0.4),
]


SEARCHES: list[tuple[dict[str, str], str]] = [
    ({}, "7 6 5 4 3 2 1 0"),
    ({"label": "cat"}, "2 1 0"),
    ({"label": "CAT"}, "2 1 0"),
    ({"label": "cat", "min_confidence": "0.5"}, "2 1 0"),
    ({"label": "cat", "min_confidence": "0.61"}, "2 0"),
    ({"label": "cat", "min_confidence": "0.96"}, "0"),
    ({"label": "cat", "detector": "rekognition"}, "2"),
    ({"label": "ca"}, ""),
    ({"label": "unknown"}, "4"),
    ({"min_confidence": "0"}, "7 6 5 4 3 2 1 0"),
    ({"min_confidence": "0.35"}, "7 6 2 1 0"),
    ({"min_confidence": "0.6"}, "6 2 1 0"),
    ({"min_confidence": "0.95"}, "2 0"),
    ({"min_confidence": "0.5", "detector": "rekognition"}, "2"),
    ({"min_confidence": "0.35", "detector": "rekognition"}, "7 2"),
    ({"detector": "rekognition"}, "7 2"),
    ({"detector": "edge"}, "6 4 3 1 0"),
    ({"status": "rejected"}, "5"),
    ({"status": "recognized"}, "7 6 4 3 2 1 0"),
    ({"status": "recognized", "label": "dog"}, "6"),
    ({"status": "rejected", "label": "dog"}, ""),
    ({"status": "rejected", "min_confidence": "0.1"}, ""),
    ({"since": "2026-11-20T12:06:00Z"}, "7 6"),
    ({"until": "2026-11-20T12:02:00Z"}, "1 0"),
    ({"since": "2026-11-20T12:02:00Z", "until": "2026-11-20T12:05:00Z", "label": "cat"}, "2"),
    ({"since": "2026-11-20T14:02:00 02:00", "until": "2026-11-20T12:03:00.001Z"}, "3 2"),
    ({"since": "2026-11-21"}, ""),
    ({"until": "2026-11-21", "status": "rejected"}, "5"),
    ({"since": "0001-01-01", "until": "1969-12-31"}, ""),
    ({"since": "9999-12-31"}, ""),
]


def test_filters_find_their_matches_newest_first_for_any_page_size(stocked: Any) -> None:
    for (query, names), limit in product(SEARCHES, (1, 2, 100)):
        assert names_found(stocked, query, limit) == names.split(), query


def test_nothing_of_another_owner_is_found(stocked: Any) -> None:
    queries: list[dict[str, str]] = [
        {},
        {"label": "cat"},
        {"status": "rejected"},
        {"detector": "edge"},
        {"min_confidence": "0.5"},
    ]
    for query in queries:
        assert names_found(stocked, query, owner="bob") == []


def test_an_owner_named_like_the_key_of_another_owner_finds_nothing_of_theirs(stocked: Any) -> None:
    assert names_found(stocked, {"label": "0.5/cat"}, owner="ann/label") == []


def test_the_tombstone_of_an_erased_image_is_not_found(dynamodb: Any) -> None:
    store(dynamodb, OUTCOMES[:3])
    key = {"owner": {"S": "ann"}, "image_id": {"S": nth(1).image_id}}
    dynamodb.put_item(TableName="recognitions", Item=key | {"sequencer": {"S": "~"}, "expires": {"N": "1"}})
    assert names_found(dynamodb, {}, 1) == ["2", "0"]


def test_pages_do_not_shift_while_images_arrive(dynamodb: Any) -> None:
    store(dynamodb, [recognized(cat=0.97)] * 4)
    first, after = search(dynamodb).page("ann", filters(label="cat"), 2, None)
    store(dynamodb, [recognized(cat=0.97)] * 8)
    rest, end = search(dynamodb).page("ann", filters(label="cat"), 2, after)
    assert [entry.image.name for entry in (*first, *rest)] == ["3.jpg", "2.jpg", "1.jpg", "0.jpg"]
    assert end is None or search(dynamodb).page("ann", filters(label="cat"), 2, end) == ([], None)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"label": "cat"},
        {"label": "cat", "min_confidence": "0.9"},
        {"min_confidence": "0.9"},
        {"detector": "edge"},
        {"status": "rejected"},
        {"since": "2026-11-20T12:10:00Z", "label": "cat"},
    ],
)
def test_few_more_rows_are_read_than_shown(dynamodb: Any, query: dict[str, str]) -> None:
    outcomes: list[Outcome] = [
        recognized(cat=0.97, dog=0.6),
        Rejection("empty", "It is empty."),
        recognized("rekognition", bird=0.2),
    ]
    store(dynamodb, outcomes * 7)
    counting = Counting(dynamodb)
    found = names_found(counting, query, 5)
    assert found
    assert counting.read <= 1.1 * len(found)


RARE = {"label": "cat", "min_confidence": "0.52"}


def test_a_page_of_few_matches_ends_early_and_can_be_continued(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recognition.images.runtime.search._SPARE_ROWS", 40)
    store(dynamodb, [recognized(cat=0.52), *[recognized(cat=0.5)] * 59])
    counting = Counting(dynamodb)
    entries, after = search(counting).page("ann", filters(**RARE), 2, None)
    assert entries == []
    assert after is not None
    assert 40 <= counting.read < 60
    assert names_found(dynamodb, RARE, 2) == ["0"]


def test_the_fewer_rows_match_the_more_are_read_at_once(dynamodb: Any) -> None:
    store(dynamodb, [recognized(cat=0.52), *[recognized(cat=0.5)] * 59])
    counting = Counting(dynamodb)
    assert names_found(counting, RARE, 2) == ["0"]
    assert counting.limits == [2, 4, 12, 36, 108]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"label": ""}, "invalid_label"),
        ({"label": "x" * 101}, "invalid_label"),
        ({"label": "a\nb"}, "invalid_label"),
        ({"label": "cat", "min_confidence": "0.4999"}, "min_confidence_too_low"),
        ({"label": "cat", "min_confidence": "0"}, "min_confidence_too_low"),
        ({"label": "cat", "min_confidence": "1.1"}, "invalid_options"),
        ({"min_confidence": "1.1"}, "invalid_options"),
        ({"min_confidence": "nan"}, "invalid_options"),
        ({"detector": "cascade"}, "invalid_detector"),
        ({"detector": ""}, "invalid_detector"),
        ({"status": "queued"}, "invalid_status"),
        ({"status": "Rejected"}, "invalid_status"),
        ({"since": "2026-11-21T10:00:00Z", "until": "2026-11-21T10:00:00Z"}, "invalid_time"),
    ]
    + [
        ({name: value}, "invalid_time")
        for name, value in product(
            ("since", "until"),
            ("", "now", "2026-11-31", "2026-11-21T10:00:00", "20261121", "2026-W47-6", "1732190400",
             "2026-11-21T24:00:00Z", "2026-11-21 10:00:00Z", "２０２６-11-21", "9999-12-31T23:59:59-23:59"),
        )
    ],
)  # fmt: skip
def test_an_invalid_filter_is_refused(query: dict[str, str], code: str) -> None:
    with pytest.raises(ApiError) as caught:
        filters(**query)
    assert (caught.value.status, caught.value.code) == (400, code)
