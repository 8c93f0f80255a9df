"""The functions' logs of the whole run: one id leads through all of them, and they hold no secret."""

import base64
import json
from collections import defaultdict
from typing import Any

import pytest

from tests.pipeline.chain import Chain, wait_for
from tests.pipeline.monitoring.leaks import leaks, log_of, pieces, secrets_of
from tests.pipeline.monitoring.marked_photograph import MARKS

ON_ITS_WAY = {"Upload", "Recognize", "Edge", "Dispatch", "Deliver"}


def lines_about(chain: Chain, correlation_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return the lines that each function has logged under that id, by function."""
    found = defaultdict[str, list[dict[str, Any]]](list)
    for line in log_of(chain.deployment).splitlines():
        if correlation_id in line and "{" in line:
            fields = json.loads(line[line.index("{") :])
            if fields.get("correlation_id") == correlation_id:
                found[fields["service"]].append(fields)
    return found


def test_one_image_is_followed_by_its_id_through_every_function(chain: Chain, cat: bytes) -> None:
    new_picture = cat + b"followed"
    response = chain.request("POST", "/images", data=new_picture, headers={"Content-Type": "image/jpeg"})
    image_id = response.json()["image_id"]
    chain.settled(image_id)
    chain.receipts(image_id)
    chain.request("GET", f"/images/{image_id}/thumbnail", allow_redirects=False)

    def look() -> dict[str, list[dict[str, Any]]] | None:
        found = lines_about(chain, image_id)
        return found if ON_ITS_WAY | {"Images"} <= found.keys() else None

    found = wait_for(look)
    (received,) = found["Upload"]
    assert (received["route"], received["status"]) == ("POST /images", 202)
    assert received["request_id"] == response.headers["x-request-id"]
    assert {line["message"] for line in found["Edge"]} == {"recognized", "derived"}
    (attempt,) = found["Deliver"]
    assert attempt["delivery_id"] in found["Dispatch"][0]["deliveries"]


def test_every_response_has_a_request_id_that_the_log_contains(chain: Chain) -> None:
    responses = [
        chain.request("GET", "/health"),
        chain.request("GET", "/images", params={"limit": "none"}),
        chain.request("GET", "/nowhere"),
        chain.request("GET", "/webhooks"),
    ]
    ids = {response.headers["x-request-id"] for response in responses}
    assert len(ids) == len(responses)
    wait_for(lambda: all(lines_about(chain, request_id) for request_id in ids))


def test_no_log_of_this_run_contains_a_secret_or_bytes_of_a_picture(chain: Chain, marked_id: str, cat: bytes) -> None:
    chain.receipts(marked_id)
    secrets = [*secrets_of(chain.deployment), *MARKS, *pieces(cat)]
    assert len(secrets) > len(MARKS) + 4
    assert leaks(log_of(chain.deployment), secrets) == set()


PICTURE = bytes(range(256))
JWT = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in ({"alg": "none"}, {"sub": "x"}))


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (f"refused {JWT}.sig", "a token"),
        ("Authorization: Bearer abc", "a token"),
        ("secret whsec_abc", "a webhook's secret"),
        ("GET /cat?x-amz-signature=00", "a presigned query"),
        (base64.b64encode(b'{"expiration": "2026"}').decode(), "a form's policy"),
        ("as ASIAABCDEFGHIJKLMNOP", "an access key"),
        (base64.b64encode(b"\xff\xd8\xff\xe0\x00\x10JFIF").decode(), "a picture"),
        (repr(b"\xff\xd8\xff"), "a picture"),
        ('{"Password": "Demo-1"}', "a password"),
    ],
)
def test_a_secret_in_a_log_would_be_found(line: str, kind: str) -> None:
    assert leaks(f"before\n{line}\nafter") == {kind}


@pytest.mark.parametrize("ahead", [b"", b"x", b"xy", b"xyz"])
def test_a_picture_s_bytes_in_a_log_would_be_found_at_any_position(ahead: bytes) -> None:
    assert leaks(base64.b64encode(ahead + PICTURE).decode(), pieces(PICTURE))
    assert leaks(repr(ahead + PICTURE), pieces(PICTURE))
    assert leaks((ahead + PICTURE).hex(), pieces(PICTURE))
    assert not leaks("", pieces(PICTURE))


def test_a_given_text_in_a_log_would_be_found() -> None:
    assert leaks("a line with the key in it", ["the key", "another"]) == {"the key"}
