"""One arbitrary message among good ones: the good images are recognized, and only the arbitrary message may fail."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from domain.image import image_key
from recognition.recognize.runtime.message import read_requests
from recognition.recognize.runtime.request import RecognitionRequest
from recognition.results.runtime.entry import Entry
from tests.builders import IMAGE_ID, Context, s3_event, sqs_event
from tests.recognition.conftest import BUCKET, Account
from tests.recognition.recognize.world import request_for

KEY = image_key("ann", IMAGE_ID, "cat.jpg")
UPLOAD = json.loads(s3_event(KEY))
BY_HAND = json.loads(s3_event("by hand.jpg"))
AGAIN = json.loads(request_for(request="rcg_" + "1" * 32, model="animals").to_message())

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=6
)


def paths(value: object, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of every value in a JSON value."""
    yield before
    children = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        yield from paths(child, (*before, name))


def changed(value: Any, path: Sequence[str | int], new: object) -> Any:
    """Return a JSON value with another value in this place."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


def with_key(key: str, **bucket: str) -> str:
    """Return the message of an upload with this key as S3 encodes it, perhaps in another bucket."""
    body = changed(UPLOAD, ("Records", 0, "s3", "object", "key"), key)
    return json.dumps(changed(body, ("Records", 0, "s3", "bucket"), bucket) if bucket else body)


@pytest.mark.parametrize("key", ["photos/", "photos/2026/", "a b/", "photos_$folder$"])
def test_a_folder_is_no_image(key: str) -> None:
    body = json.loads(s3_event(key))
    body["Records"][0]["s3"]["object"]["size"] = 0
    assert RecognitionRequest.from_message(json.dumps(body), 1) == []
    body["Records"][0]["s3"]["object"]["size"] = 1
    assert [request.image.key for request in RecognitionRequest.from_message(json.dumps(body), 1)] == [key]


def test_an_object_without_bytes_is_an_image_unless_it_is_a_folder() -> None:
    body = json.loads(s3_event("photos/cat.jpg"))
    body["Records"][0]["s3"]["object"]["size"] = 0
    assert len(RecognitionRequest.from_message(json.dumps(body), 1)) == 1


def messages() -> st.SearchStrategy[str]:
    """Return bodies: any text, any JSON, and messages of which one value is another one."""
    texts = st.text(st.characters()) | VALUES.map(json.dumps)
    for template in (UPLOAD, BY_HAND, AGAIN):
        places = st.sampled_from(list(paths(template)))
        texts |= st.builds(changed, st.just(template), places, VALUES).map(json.dumps)
    return texts


SIZE = ("Records", 0, "s3", "object", "size")
numbers = count(1)


@settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(messages())
@example("[" * 100_000)
@example(with_key(""))
@example(with_key("%ED%A0%80"))
@example(with_key("a" * 2000))
@example(with_key("by%20hand.jpg", name="No Bucket!"))
@example(with_key("by%20hand.jpg", name="another-bucket"))
@example(json.dumps(changed(UPLOAD, SIZE, "SIZE")).replace('"SIZE"', "1e999"))
@example(json.dumps(changed(UPLOAD, SIZE, "SIZE")).replace('"SIZE"', "9" * 4000))
@example(json.dumps(changed(UPLOAD, ("Records", 0, "eventName"), "ObjectCreated:\ud800")))
@example(json.dumps(changed(AGAIN, ("Recognize", "image", "owner"), 7)))
@example(json.dumps(changed(AGAIN, ("Recognize", "options", "top_k"), "many")))
def test_a_message_costs_no_neighbor(recognize: ModuleType, account: Account, body: str) -> None:
    ids = [f"img_{next(numbers):032x}" for _ in range(2)]
    before, after = (s3_event(image_key("ann", image_id, "cat.jpg")) for image_id in ids)
    response = recognize.handler(sqs_event(before, body, after), Context())
    assert {failure["itemIdentifier"] for failure in response["batchItemFailures"]} <= {"message-1"}
    rows = account.dynamodb.batch_get_item(RequestItems={"recognitions": {"Keys": [row_key(name) for name in ids]}})
    assert [Entry.from_item(row).status for row in rows["Responses"]["recognitions"]] == ["recognized", "recognized"]


def row_key(image_id: str) -> dict[str, Any]:
    """Return the key of the row of one of ann's images."""
    return {"owner": {"S": "ann"}, "image_id": {"S": image_id}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("s3", "bucket", "name"), "another-bucket"),
        (("eventSource",), "aws:sns"),
        (("s3", "object", "key"), ""),
        (("s3", "object", "size"), -1),
        (("s3", "object", "sequencer"), "~"),
        (("s3", "object", "versionId"), ""),
        (("eventTime",), "tomorrow"),
    ],
)
def test_a_record_that_is_not_of_the_deployment_s_bucket_is_not_read(
    path: tuple[str | int, ...], value: object
) -> None:
    body = changed(BY_HAND, ("Records", 0, *path), value)
    with pytest.raises(ValueError, match=r".+"):
        read_requests(json.dumps(body), 1, BUCKET)


def test_a_message_is_read_with_its_tries() -> None:
    (upload,) = read_requests(json.dumps(UPLOAD), 2, BUCKET)
    (again,) = read_requests(json.dumps(AGAIN), 3, BUCKET)
    assert (upload.image.key, upload.tries) == (KEY, 2)
    assert (again.request, again.tries) == ("rcg_" + "1" * 32, 3)
