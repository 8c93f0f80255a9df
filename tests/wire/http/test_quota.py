from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from moto import mock_aws

import wire.http.quota
from wire.http.api import ApiError
from wire.http.quota import Quota

EVENING = datetime(2026, 11, 21, 23, 59, 29, 500_000, tzinfo=UTC)


@pytest.fixture
def usage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The usage table, late in the evening."""
    monkeypatch.setattr(wire.http.quota, "now", lambda: EVENING)
    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName="usage",
            KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "day", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("owner", "day")],
            BillingMode="PAY_PER_REQUEST",
        )
        yield


def refusal(quota: Quota, owner: str = "ann", detector: str = "rekognition") -> ApiError | None:
    try:
        quota.admit(owner, detector)
    except ApiError as error:
        return error
    return None


def spent(calls: int, owner: str = "ann", day: str = "2026-11-21") -> None:
    """Count calls of Rekognition as recognize counts them."""
    boto3.client("dynamodb").update_item(
        TableName="usage",
        Key={"owner": {"S": owner}, "day": {"S": day}},
        UpdateExpression="ADD rekognition_calls :n",
        ExpressionAttributeValues={":n": {"N": str(calls)}},
    )


def counters() -> dict[str, str]:
    items = boto3.client("dynamodb").scan(TableName="usage")["Items"]
    return {
        f"{item['owner']['S']} {name}": value["N"] for item in items for name, value in item.items() if "N" in value
    }


@pytest.mark.usefixtures("usage")
def test_the_uploads_of_a_day_are_counted_and_further_ones_refused() -> None:
    quota = Quota("usage", uploads=3, spend=0)
    assert [refusal(quota) is None for _ in range(5)] == [True, True, True, False, False]
    assert counters() == {"ann admitted": "3"}


@pytest.mark.usefixtures("usage")
def test_a_refusal_names_the_quota_and_the_start_of_the_next_day() -> None:
    quota = Quota("usage", uploads=1, spend=0.25)
    quota.admit("ann", "edge")
    refused = refusal(quota)
    assert refused
    assert (refused.status, refused.code, refused.retryable) == (429, "quota_exceeded", True)
    assert refused.headers == {"retry_after": "31"}
    assert "1 uploads and $0.25 of Rekognition" in refused.detail


@pytest.mark.usefixtures("usage")
def test_owners_have_separate_quotas() -> None:
    quota = Quota("usage", uploads=1, spend=0)
    quota.admit("ann", "edge")
    quota.admit("bob", "edge")
    assert refusal(quota, "ann")
    assert refusal(quota, "bob")


@pytest.mark.usefixtures("usage")
def test_the_next_day_has_a_new_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    quota = Quota("usage", uploads=1, spend=0.01)
    quota.admit("ann", "rekognition")
    spent(10)
    assert refusal(quota)
    monkeypatch.setattr(wire.http.quota, "now", lambda: datetime(2026, 11, 22, tzinfo=UTC))
    assert refusal(quota) is None


@pytest.mark.usefixtures("usage")
@pytest.mark.parametrize("detector", ["rekognition", "cascade"])
def test_requests_for_rekognition_are_refused_once_the_money_is_spent(detector: str) -> None:
    quota = Quota("usage", uploads=0, spend=0.29)
    spent(289)
    assert refusal(quota, detector=detector) is None
    spent(1)
    assert refusal(quota, detector=detector)
    assert refusal(quota, "bob", detector) is None


@pytest.mark.usefixtures("usage")
def test_requests_for_the_edge_model_cost_nothing_and_are_admitted() -> None:
    quota = Quota("usage", uploads=0, spend=0.01)
    spent(1000)
    assert refusal(quota, detector="edge") is None


@pytest.mark.usefixtures("usage")
def test_the_largest_settings_are_numbers_that_the_table_can_compare() -> None:
    quota = Quota("usage", uploads=1_000_000, spend=10_000)
    assert refusal(quota) is None


def test_without_a_quota_there_is_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    clients: list[str] = []
    monkeypatch.setattr(wire.http.quota, "lazy", clients.append)
    quota = Quota.from_environment({"USAGE_TABLE": "usage", "DAILY_UPLOADS": "0", "DAILY_SPEND": "0"})
    quota.admit("ann", "rekognition")
    assert clients == []


def test_an_upload_that_is_given_back_is_not_counted(usage: None) -> None:
    quota = Quota("usage", uploads=1, spend=0)
    quota.give_back("ann")
    for _ in range(3):
        assert refusal(quota) is None
        quota.give_back("ann")
    assert refusal(quota) is None
    assert refusal(quota) is not None
