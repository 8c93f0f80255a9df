"""The result cache in the deployed app: equal bytes are paid for once, savings are counted, earlier outcomes stay."""

import secrets
from typing import Any

import pytest

from tests.pipeline.chain import Chain, wait_for
from tests.rekognition_server import Rekognition


@pytest.fixture
def picture(cat: bytes) -> bytes:
    """A photograph that no other test has stored; a JPEG may hold anything after its end."""
    return cat + secrets.token_bytes(8)


def uploaded(chain: Chain, picture: bytes, **options: str) -> dict[str, Any]:
    """Upload a picture and return its image once it has an outcome."""
    return chain.settled(chain.by_form("cat.jpg", picture, **options))


def counted(chain: Chain) -> dict[str, Any]:
    """Return the totals of the last days."""
    total: dict[str, Any] = chain.request("GET", "/images/stats").json()["total"]
    return total


def test_equal_bytes_are_one_call_of_rekognition_and_the_saving_is_counted(
    chain: Chain, rekognition: Rekognition, picture: bytes
) -> None:
    before, calls = counted(chain), len(rekognition.keys)
    first, second = (uploaded(chain, picture, detector="rekognition") for _ in range(2))
    assert len(rekognition.keys) == calls + 1
    assert second["reused_from"] == first["image_id"]
    assert second["recognition"] == first["recognition"]
    after = counted(chain)
    assert after["rekognition_calls"] == before["rekognition_calls"] + 1
    assert after["rekognition_calls_saved"]["by_reuse"] == before["rekognition_calls_saved"]["by_reuse"] + 1


def test_a_model_that_costs_nothing_is_asked_again(chain: Chain, picture: bytes) -> None:
    first, second = (uploaded(chain, picture) for _ in range(2))
    assert "reused_from" not in second
    assert second["recognition"]["detections"] == first["recognition"]["detections"]


def test_recognizing_again_by_the_same_model_costs_nothing_and_keeps_both_outcomes(
    chain: Chain, rekognition: Rekognition, picture: bytes
) -> None:
    image_id = uploaded(chain, picture, detector="rekognition")["image_id"]
    calls = len(rekognition.keys)
    again = chain.request("POST", f"/images/{image_id}/recognitions", json={"detector": "rekognition"}).json()[
        "request"
    ]
    image = wait_for(lambda: found if (found := chain.settled(image_id)).get("request") == again else None)
    assert len(rekognition.keys) == calls
    assert image["reused_from"] == image_id
    assert [earlier["recognition"] for earlier in image["earlier"]] == [image["recognition"]]
