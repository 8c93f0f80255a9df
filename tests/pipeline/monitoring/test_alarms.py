"""The alarms of the deployed app: the tests cause their conditions and read the topic's notifications."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.deployment import Deployment
from tests.pipeline.chain import Chain, wait_for
from tests.pipeline.monitoring.cloudwatch import CloudWatch
from tests.ports import free_port


@pytest.fixture
def cloudwatch(deployment: Deployment) -> CloudWatch:
    """The measurements from now on."""
    return CloudWatch(deployment, datetime.now(UTC))


@pytest.fixture
def notifications_url(deployment: Deployment) -> Iterator[str]:
    """Subscribe a queue to the alarm topic and return its URL."""
    sqs, sns = deployment.client("sqs"), deployment.client("sns")
    allowed = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed | {"Resource": "*"}]})
    url = sqs.create_queue(QueueName="alarm-notifications", Attributes={"Policy": policy})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic, raw = deployment.outputs["AlarmTopic"], {"RawMessageDelivery": "true"}
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=raw)
    yield url
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    sqs.delete_queue(QueueUrl=url)


def received(deployment: Deployment, url: str) -> list[dict[str, Any]]:
    messages = deployment.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in messages]


def function(cloudwatch: CloudWatch, alarm: str) -> str:
    ((dimension,),) = [known["Dimensions"] for name, known in cloudwatch.alarms().items() if name == alarm]
    return str(dimension["Value"])


def test_the_topic_is_notified_when_an_alarm_goes_off_and_when_it_is_over(
    deployment: Deployment, cloudwatch: CloudWatch, notifications_url: str
) -> None:
    client, alarm = deployment.client("cloudwatch"), cloudwatch.alarms()["APIStack-UploadsQueueAgeAlarm"]
    for state in ("ALARM", "OK"):
        client.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue=state, StateReason="a trial")
        (notification,) = wait_for(lambda: received(deployment, notifications_url))
        assert (notification["AlarmName"], notification["NewStateValue"]) == (alarm["AlarmName"], state)
        assert notification["AlarmDescription"].endswith("docs/operations.md#messages-wait")


def test_a_poison_message_sets_off_only_the_alarm_of_its_dead_letter_queue(cloudwatch: CloudWatch, poison: str) -> None:
    wait_for(lambda: cloudwatch.off("APIStack-UploadsDeadDepthAlarm"))
    assert not cloudwatch.off("IntegrationStack-EventsDeadDepthAlarm")


def test_a_failed_function_sets_off_its_own_alarm(deployment: Deployment, cloudwatch: CloudWatch) -> None:
    name = function(cloudwatch, "IntegrationStack-DispatchErrorsAlarm")
    deployment.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    wait_for(lambda: cloudwatch.off("IntegrationStack-DispatchErrorsAlarm"))
    assert not cloudwatch.off("IntegrationStack-DeliverErrorsAlarm")


def test_an_alarm_measures_a_function_s_duration(deployment: Deployment, cloudwatch: CloudWatch) -> None:
    name = function(cloudwatch, "IntegrationStack-DispatchDurationAlarm")
    deployment.client("lambda").invoke(FunctionName=name, Payload=b'{"Records": []}')
    assert 0 < wait_for(lambda: cloudwatch.measured("IntegrationStack-DispatchDurationAlarm")) < 24_000


def test_a_throttled_function_sets_off_its_own_alarm(deployment: Deployment, cloudwatch: CloudWatch) -> None:
    client, name = deployment.client("lambda"), function(cloudwatch, "RekognitionStack-EdgeThrottlesAlarm")
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        with pytest.raises(ClientError, match="TooManyRequests"):
            client.invoke(FunctionName=name, Payload=b"{}")
    finally:
        client.delete_function_concurrency(FunctionName=name)
    wait_for(lambda: cloudwatch.off("RekognitionStack-EdgeThrottlesAlarm"))
    assert not cloudwatch.off("IntegrationStack-DispatchThrottlesAlarm")


def test_subscribers_that_cannot_be_reached_set_off_the_alarm_of_deliveries(
    chain: Chain, cloudwatch: CloudWatch, cat: bytes
) -> None:
    assert not cloudwatch.off("IntegrationStack-DeliverDeliveriesFailingAlarm")
    nobody = f"http://127.0.0.1:{free_port()}/"
    webhooks = [chain.request("POST", "/webhooks", json={"url": nobody}).json() for _ in range(3)]
    chain.settled(chain.by_bytes("undeliverable.jpg", cat))
    wait_for(lambda: cloudwatch.off("IntegrationStack-DeliverDeliveriesFailingAlarm"))
    for webhook in webhooks:
        assert chain.request("DELETE", f"/webhooks/{webhook['webhook_id']}").status_code == 204


def test_paid_calls_of_rekognition_set_off_the_spending_alarm(
    chain: Chain, cloudwatch: CloudWatch, coffee: bytes
) -> None:
    paid_for = coffee + b"\n"
    chain.settled(chain.by_form("paid.jpg", paid_for, detector="rekognition"))
    wait_for(lambda: cloudwatch.off("RekognitionStack-RecognizeSpendingAlarm"))


def test_dead_letters_go_back_to_their_queue(deployment: Deployment) -> None:
    sqs = deployment.client("sqs")
    source, destination = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("dead-for-a-trial", "alive-again"))
    arns = [
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        for url in (source, destination)
    ]
    sqs.send_message(QueueUrl=source, MessageBody="mended")
    sqs.start_message_move_task(SourceArn=arns[0], DestinationArn=arns[1])
    assert sqs.receive_message(QueueUrl=destination)["Messages"][0]["Body"] == "mended"
    assert "Messages" not in sqs.receive_message(QueueUrl=source)
