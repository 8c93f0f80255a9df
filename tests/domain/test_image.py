"""Image: its key, its id, and the fields that it reads from an S3 event."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.image import Image, image_key, images_prefix, new_image_id
from tests.builders import IMAGE_ID, s3_record

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_ids_sort_by_time() -> None:
    ids = [new_image_id(NOON + timedelta(milliseconds=n)) for n in range(20)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 20


@pytest.mark.parametrize("name", ["cat.jpg", "my cat.jpg", "a+b%20c.jpg", "čičė 猫.jpg", "100%.png", "asked.jpg"])
@pytest.mark.parametrize("has_options", [False, True])
def test_an_uploaded_image_is_read_back_from_its_key(name: str, has_options: bool) -> None:
    key = image_key("owner-1", IMAGE_ID, name, has_options=has_options)
    image = Image.from_s3_record(s3_record(key))
    assert (image.owner, image.image_id, image.name, image.has_options) == ("owner-1", IMAGE_ID, name, has_options)
    assert image.key == key
    assert key.startswith(images_prefix("owner-1", IMAGE_ID))


def test_the_keys_of_one_owner_begin_with_256_prefixes() -> None:
    prefixes = {images_prefix("ann", new_image_id(NOON))[: len("images/00/")] for _ in range(5000)}
    assert len(prefixes) == 256


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(f"images/ff/ann/{IMAGE_ID}/cat.jpg", id="other digits than the id's"),
        pytest.param(f"images/{IMAGE_ID[-2:].upper()}x/ann/{IMAGE_ID}/cat.jpg", id="three digits"),
        pytest.param(f"images/ann/{IMAGE_ID}/cat.jpg", id="no digits"),
        pytest.param(f"images/{IMAGE_ID[-2:]}/{IMAGE_ID}/cat.jpg", id="no owner"),
        pytest.param(f"images/{IMAGE_ID[-2:]}//{IMAGE_ID}/cat.jpg", id="an empty owner"),
        pytest.param(f"images/{IMAGE_ID[-2:]}/ann/{IMAGE_ID}/", id="no name"),
        pytest.param(f"images/{IMAGE_ID[-2:]}/ann/{IMAGE_ID.upper()}/cat.jpg", id="upper case"),
        pytest.param(f"x/images/{IMAGE_ID[-2:]}/ann/{IMAGE_ID}/cat.jpg", id="below another folder"),
    ],
)
def test_a_key_of_another_form_names_no_owner_s_image(key: str) -> None:
    image = Image.from_s3_record(s3_record(key))
    assert image.owner == "public"
    assert image.image_id != IMAGE_ID
    assert image.has_options


def test_an_object_put_by_hand_is_public_and_may_have_options() -> None:
    image = Image.from_s3_record(s3_record("holiday/dog +1.jpg"))
    assert (image.owner, image.name, image.has_options) == ("public", "dog +1.jpg", True)


def test_an_object_put_by_hand_has_the_same_id_in_a_repeated_event() -> None:
    first, again = (Image.from_s3_record(s3_record("dog.jpg")) for _ in range(2))
    assert first == again


def test_the_next_version_of_a_key_put_by_hand_is_another_image() -> None:
    first = Image.from_s3_record(s3_record("dog.jpg", version="v1", sequencer="0A"))
    second = Image.from_s3_record(s3_record("dog.jpg", version="v2", sequencer="0B"))
    assert first.image_id != second.image_id


def test_sequencers_of_any_length_compare_as_s3_orders_them() -> None:
    short = Image.from_s3_record(s3_record("dog.jpg", sequencer="005E"))
    long = Image.from_s3_record(s3_record("dog.jpg", sequencer="005E01"))
    assert short.sequencer < long.sequencer


def test_an_unversioned_bucket_has_the_null_version() -> None:
    record = s3_record("dog.jpg")
    del record["s3"]["object"]["versionId"]
    assert Image.from_s3_record(record).version == "null"


def test_an_event_of_another_shape_is_an_error() -> None:
    with pytest.raises(KeyError):
        Image.from_s3_record({"s3": {"object": {}}})
