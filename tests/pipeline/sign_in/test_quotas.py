"""The daily quotas of the deployed app; each test has a user of its own."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests

from local.demo import user
from tests.pipeline.chain import Chain
from tests.pipeline.conftest import DAILY_UPLOADS

SECONDS_A_DAY = 86_400


@pytest.fixture
def carol(ann: Chain, request: pytest.FixtureRequest) -> Chain:
    """A user who has sent no request yet."""
    return replace(ann, token=user.token(ann.deployment, f"{request.node.name}@example.com"))


def form(chain: Chain, **options: str) -> requests.Response:
    return chain.request("POST", "/uploads", json={"content_type": "image/jpeg", "options": options})


def refused(response: requests.Response) -> bool:
    """Return True if the quota is used up; the refusal must be complete."""
    if response.status_code != 429:
        return False
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.json()["code"], response.json()["retryable"]) == ("quota_exceeded", True)
    assert 0 < int(response.headers["Retry-After"]) <= SECONDS_A_DAY
    return True


def test_the_daily_uploads_end_in_every_way_and_for_no_other_user(ann: Chain, carol: Chain) -> None:
    responses = [form(carol) for _ in range(DAILY_UPLOADS)]
    assert {response.status_code for response in responses} == {201}
    photo = f"{carol.photos}/cat.png"
    assert refused(form(carol))
    assert refused(carol.request("POST", "/images", json={"url": photo}))
    assert refused(carol.request("GET", "/", params={"url": photo}))
    assert refused(carol.request("POST", "/images", data=b"\xff\xd8\xff\xe0", headers={"Content-Type": "image/jpeg"}))
    assert form(ann).status_code == 201
    assert carol.request("GET", "/images").status_code == 200


def test_invalid_requests_are_not_counted(carol: Chain) -> None:
    for _ in range(DAILY_UPLOADS + 1):
        assert carol.request("POST", "/images", json={"url": "ftp://example.com/"}).json()["code"] == "invalid_url"
    assert form(carol).status_code == 201


def test_when_the_daily_spend_is_used_up_only_the_edge_model_is_available(carol: Chain) -> None:
    assert form(carol, detector="rekognition").status_code == 201
    (usage,) = (
        name
        for name in carol.deployment.client("dynamodb").list_tables()["TableNames"]
        if name.startswith("APIStack-Usage")
    )
    carol.deployment.client("dynamodb").update_item(
        TableName=usage,
        Key={"owner": {"S": carol.sub}, "day": {"S": f"{datetime.now(UTC):%Y-%m-%d}"}},
        UpdateExpression="ADD rekognition_calls :n",
        ExpressionAttributeValues={":n": {"N": "10"}},
    )
    assert refused(form(carol, detector="rekognition"))
    assert refused(form(carol, detector="cascade"))
    assert form(carol, detector="edge").status_code == 201
    assert form(carol).status_code == 201
