"""StartMessageMoveTask, which MiniStack's SQS lacks; all messages are moved before the call returns.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
"""

from ministack.services import sqs


def start_message_move_task(request: dict[str, str], _url: str) -> dict[str, str]:
    """Move the messages of the dead letter queue to the destination, as new messages."""
    source, destination = (sqs._queue_by_arn(request[name]) for name in ("SourceArn", "DestinationArn"))
    if not source or not destination:
        raise sqs._Err("ResourceNotFoundException", "There is no such queue.", 404)
    messages, source["messages"] = source["messages"], []
    for message in messages:
        sqs._act_send_message({"MessageBody": message["body"]}, destination["url"])
    return {"TaskHandle": request["SourceArn"]}


def apply() -> None:
    """Apply the patch."""
    sqs._HANDLERS["StartMessageMoveTask"] = start_message_move_task
