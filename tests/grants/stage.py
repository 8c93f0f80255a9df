"""The deployed functions one by one: queues are not worked off by themselves, each is driven by hand."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any

from domain.clock import now
from domain.image import image_key, new_image_id
from tests.photographs import photograph
from tests.pipeline.chain import Chain, wait_for

Put = dict[str, str]
"""An object's bucket, key and version, and the id of the image it is."""


@dataclass
class Stage:
    """A deployment whose event sources stand still, its API as a signed-in user, and the names of its functions.

    `receiver` is where a webhook may be registered.
    """

    chain: Chain
    functions: dict[str, str]
    receiver: str
    numbers: Iterator[int] = field(default_factory=count)

    @cached_property
    def owner(self) -> str:
        """Whose images the user's are."""
        claims = str(self.chain.token).split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])

    def picture(self) -> bytes:
        """A photograph of a cat in bytes that never were before: nobody's answer is used again."""
        return photograph("cat") + f"number {next(self.numbers)}".encode()

    def put(self, body: bytes | None = None, name: str = "cat.jpg", **metadata: str) -> Put:
        """An image of the user's, put by the account's root; one with metadata has options."""
        image_id = new_image_id(now())
        place = {
            "Bucket": self.chain.deployment.endpoints.images_bucket,
            "Key": image_key(self.owner, image_id, name, asked=bool(metadata)),
        }
        stored = self.client("s3").put_object(**place, Body=body or self.picture(), Metadata=metadata)
        return {
            "bucket": place["Bucket"], "key": place["Key"], "version": stored["VersionId"], "image_id": image_id,
        }  # fmt: skip

    def recognized(self, body: bytes | None = None, name: str = "cat.jpg", **metadata: str) -> str:
        """The id of a new image of the user's that has been recognised."""
        image_id = self.put(body, name, **metadata)["image_id"]
        self.work_off("Recognize", self.message("UploadsQueueUrl", image_id))
        return image_id

    def ask(self, method: str, path: str, status: int = 200, **given: Any) -> Any:
        """What the API says to the user, when it says it with this status."""
        answer = self.chain.ask(method, path, allow_redirects=False, **given)
        assert answer.status_code == status, answer.text
        return answer.headers["Location"] if status == 302 else answer.json()

    def client(self, service: str) -> Any:
        """A client that is the account's root."""
        return self.chain.deployment.client(service)

    def output(self, name: str) -> str:
        """One of the stacks' outputs."""
        return self.chain.deployment.outputs[name]

    def prepare(self) -> None:
        """Have no queue worked off any more, and topics trust nobody but by their roles.

        In an account a policy that refuses plain HTTP stands where here the topic's own lets the whole account publish.
        """
        functions, topics = self.client("lambda"), self.client("sns")
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        for topic in topics.list_topics()["Topics"]:
            policy = json.dumps({"Version": "2012-10-17", "Statement": [_nobody(topic["TopicArn"])]})
            topics.set_topic_attributes(TopicArn=topic["TopicArn"], AttributeName="Policy", AttributeValue=policy)

    def start_anew(self, function: str) -> None:
        """Have the function's next call be its first: what it remembered is gone."""
        seconds = 120 + next(self.numbers) % 60  # any change will do that leaves a batch its time
        name = self.functions[function]
        self.client("lambda").update_function_configuration(FunctionName=name, Timeout=seconds)
        wait_for(lambda: self.client("lambda").get_function(FunctionName=name)["Configuration"]["State"] == "Active")

    def invoke(self, function: str, payload: dict[str, Any]) -> Any:
        """The function's answer; what it logs as an error fails the exercise, as failing itself does."""
        answer = self.client("lambda").invoke(
            FunctionName=self.functions[function], Payload=json.dumps(payload), LogType="Tail"
        )
        said, log = answer["Payload"].read().decode(), base64.b64decode(answer.get("LogResult", "")).decode()
        assert "FunctionError" not in answer, said
        assert "not authorized" not in log, log
        return json.loads(said)

    def work_off(self, function: str, *messages: dict[str, Any], failing: bool = False) -> None:
        """Have the function work these messages off; all of them go well, or all are to fail."""
        failed = self.invoke(function, {"Records": list(messages)})["batchItemFailures"]
        expected = [{"itemIdentifier": message["messageId"]} for message in messages] if failing else []
        assert failed == expected

    def message(self, queue: str, holding: str) -> dict[str, Any]:
        """The message of a queue (its output's name) that holds this text, as Lambda hands it over."""
        sqs, url = self.client("sqs"), self.output(queue)

        def look() -> dict[str, Any] | None:
            got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
            found = [message for message in got.get("Messages", ()) if holding in message["Body"]]
            return _record(found[0]) if found else None

        return wait_for(look, patience=10)

    def send(self, queue: str, body: str) -> dict[str, Any]:
        """Put a message of one's own into a queue; answers it as Lambda hands it over."""
        mark = f"message {next(self.numbers)}"
        self.client("sqs").send_message(QueueUrl=self.output(queue), MessageBody=f"{body} {mark}".strip())
        return self.message(queue, mark)


def _nobody(topic: str) -> dict[str, Any]:
    service = {"Service": "s3.amazonaws.com"}
    return {"Effect": "Allow", "Principal": service, "Action": "sns:Publish", "Resource": topic}


def _record(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"] | {"ApproximateReceiveCount": "1"},
        "eventSource": "aws:sqs",
    }
