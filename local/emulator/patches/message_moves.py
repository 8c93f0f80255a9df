"""StartMessageMoveTask, which the emulator's SQS lacks; here the messages have moved when it answers.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
"""

from typing import Any

from ministack.services import sqs


def start(asked: dict[str, Any], _url: str) -> dict[str, Any]:
    """Send what lies among the dead letters to the destination, as new messages."""
    source, destination = (sqs._queue_by_arn(asked[name]) for name in ("SourceArn", "DestinationArn"))
    if not source or not destination:
        raise sqs._Err("ResourceNotFoundException", "There is no such queue.", 404)
    moved, source["messages"] = source["messages"], []
    for message in moved:
        sqs._act_send_message({"MessageBody": message["body"]}, destination["url"])
    return {"TaskHandle": asked["SourceArn"]}
