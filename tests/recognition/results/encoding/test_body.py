"""Bodies are read as they were written, whatever they hold, and their size is bounded."""

import random
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.image import Image, image_key
from domain.options import Options
from domain.recognition import Box, Detection, Mask, Model, Outcome, Recognition, Rejection
from recognition.results.runtime.encoding.body import Body, BodyError, pack, unpack
from tests.builders import image, recognition

OWNER, IMAGE_ID = "0193f2a5-c0ff-4011-8233-445566778899", "img_0193f2a5c0ff00112233445566778899"
ANY_TEXT = st.text(max_size=20) | st.text(st.characters(categories=["Cs", "Cc", "So", "Lu"]), max_size=20)
"""Texts with control characters, half characters and characters beyond the basic plane."""
FRACTIONS = st.floats(0, 1) | st.floats(-9, 9) | st.sampled_from([0.0, -0.0, 1.0, 0.00005, 0.99995, 6.5535, 6.5536])
CONFIDENCES = FRACTIONS.map(abs)
"""The API shows no detection with a negative confidence, and none is stored."""
POINTS = st.tuples(st.floats(0, 1), st.floats(0, 1))
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


@st.composite
def detections(draw: st.DrawFn) -> Detection:
    """Return a detection, perhaps with a box, an outline, a mask and parents."""
    return Detection(
        draw(ANY_TEXT),
        draw(CONFIDENCES),
        draw(st.none() | st.builds(Box, FRACTIONS, FRACTIONS, FRACTIONS, FRACTIONS)),
        outline=tuple(draw(st.lists(st.lists(POINTS, max_size=3).map(tuple), max_size=2))),
        mask=draw(st.none() | st.builds(Mask, st.integers(1, 9000), st.integers(1, 9000), ANY_TEXT)),
        parents=tuple(draw(st.lists(ANY_TEXT, max_size=3))),
    )


RECOGNITIONS = st.builds(
    Recognition,
    detector=st.sampled_from(["edge", "rekognition", "moderation", "of tomorrow"]),
    model=st.builds(Model, ANY_TEXT, ANY_TEXT, HEX | ANY_TEXT),
    detections=st.lists(detections(), max_size=100).map(tuple),
    duration_ms=st.integers(0, 10**6),
    size=st.none() | st.tuples(st.integers(1, 10**5), st.integers(1, 10**5)),
    asked=st.sampled_from(["", "cascade"]),
)
TIMES = st.sampled_from(["2026-11-20T17:00:00.000Z", "2026-11-20T17:00:01.123Z", "2026-11-20T17:00:01Z", "1969", ""])


@st.composite
def images(draw: st.DrawFn) -> Image:
    """Return an uploaded image, or one put by hand."""
    name, size, has_options = draw(ANY_TEXT), draw(st.integers(0, 2**63)), draw(st.booleans())
    etag = draw(HEX.map(lambda digits: digits[:32]) | ANY_TEXT)
    return Image(
        image_id=IMAGE_ID,
        owner=OWNER,
        name=name,
        bucket=draw(ANY_TEXT),
        key=draw(st.just(image_key(OWNER, IMAGE_ID, name, has_options=has_options)) | ANY_TEXT),
        version=draw(st.just("null") | ANY_TEXT),
        sequencer=draw(st.text("0123456789ABCDEFabcdef", max_size=64)).ljust(32, "0"),
        size=size,
        received_at=draw(TIMES),
        has_options=has_options,
        content=draw(st.just(f"{etag}-{size}") | ANY_TEXT),
    )


BODIES = st.builds(
    Body,
    image=images(),
    outcome=RECOGNITIONS | st.builds(Rejection, ANY_TEXT, ANY_TEXT),
    at=TIMES,
    options=st.builds(
        Options,
        st.sampled_from([None, "cascade"]),
        st.none() | ANY_TEXT,
        st.none() | st.integers(1, 100),
        st.none() | st.floats(0, 1),
    ),
    tries=st.integers(1, 9),
    request=st.sampled_from(["", "rcg_" + "0" * 32]),
    reused_from=st.sampled_from(["", IMAGE_ID]),
)


def stored(outcome: Outcome, *, shapes: bool) -> Outcome:
    """Return an outcome as the API shows it: rounded, the best first."""
    if isinstance(outcome, Rejection):
        return outcome
    return Recognition.from_dict(outcome.to_dict(shapes=shapes))


@settings(max_examples=300, deadline=None)
@given(BODIES, st.booleans())
@example(Body(image(owner=OWNER, image_id=IMAGE_ID), recognition(), "2026-11-20T17:00:01.000Z", Options()), True)
def test_a_body_is_read_as_it_was_written(body: Body, shapes: bool) -> None:
    read = unpack(pack(body, shapes=shapes), OWNER, IMAGE_ID)
    assert read == body._replace(outcome=stored(body.outcome, shapes=shapes))
    assert repr(read.outcome) == repr(stored(body.outcome, shapes=shapes))  # 0.0 equals -0.0


def test_a_body_is_read_again_as_it_was_read() -> None:
    """A stored event is published again with the same text."""
    body = Body(image(owner=OWNER), recognition(confidence=1 / 3), "2026-11-20T17:00:01.000Z", Options())
    once = unpack(pack(body, shapes=True), OWNER, body.image.image_id)
    assert unpack(pack(once, shapes=True), OWNER, body.image.image_id) == once


def test_a_body_of_an_unknown_version_is_refused() -> None:
    with pytest.raises(BodyError):
        unpack(b"\xff" + pack(BODY, shapes=True)[1:], OWNER, IMAGE_ID)


def test_a_body_of_the_first_version_can_always_be_read() -> None:
    """Rows are never rewritten: this text was written by the first version."""
    assert unpack(bytes.fromhex(FIRST_VERSION), OWNER, IMAGE_ID) == BODY


def body(labels: int, *, boxes: bool) -> Body:
    """Return the body of so many labels, with names, keys and boxes as long as in an account."""
    chance = random.Random(labels)

    def box() -> Box | None:
        return Box(*(round(chance.random(), 4) for _ in range(4))) if boxes else None

    seen = tuple(Detection(f"Label {n:02}", round(0.99 - n / 120, 4), box()) for n in range(labels))
    outcome = Recognition("edge", Model("animals", "2.0.0", "2c4c94f9e261f682" * 4), seen, 12, (1632, 1224))
    picture = replace(
        image("holiday at the sea.jpg", owner=OWNER, image_id=IMAGE_ID, sequencer="0A1B2C3D4E5F607182"),
        bucket="apistack-images9bf4437c-1234567890ab",
        version="3sL4kqtJlcpXroDTDmJrmSpXd3dIbrHY",
    )
    return Body(picture, outcome, "2026-11-20T17:00:01.000Z", Options())


@pytest.mark.parametrize(
    ("labels", "boxes", "most"),
    [(1, False, 200), (25, False, 300), (50, False, 400), (50, True, 800), (100, True, 1400)],
)
def test_a_body_is_small(labels: int, boxes: bool, most: int) -> None:
    assert len(pack(body(labels, boxes=boxes), shapes=False)) <= most


BODY = body(2, boxes=True)
FIRST_VERSION = (
    "0183382b233f273325b152019801803947a13835116a293ee7191a199b989a995b581a2426414318280271b371b18f497661"
    "89574e72414451be4b884bae57516e7041448a718a67529147a412d19e30c2e1091f503c28181800d5439986202dc0e46658"
    "0b001f01a1f9e69280000003e89b7cb53deec3f2cf14e388b2914a399b090a1b2c3d4e5f6071822c4c94f9e261f6822c4c94"
    "f9e261f6822c4c94f9e261f6822c4c94f9e261f68226ac265903255825060236035120a31cc01a290c09"
)
