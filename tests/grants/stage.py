"""The deployed functions one by one: only the exercises invoke them, as all event sources are disabled."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any, TypedDict

from domain.clock import now
from domain.image import image_key, new_image_id
from tests.photographs import photograph
from tests.pipeline.chain import Chain, wait_for

_PATIENCE = 60.0
"""Seconds after which an expected message counts as missing."""


class Put(TypedDict):
    """An object's bucket, key and version, and its image id."""

    bucket: str
    key: str
    version: str
    image_id: str


@dataclass
class Stage:
    """A deployment with disabled event sources, its API as a signed-in user, and the names of its functions.

    `receiver` is the base URL of a subscriber.
    """

    chain: Chain
    functions: dict[str, str]
    receiver: str
    numbers: Iterator[int] = field(default_factory=count)

    @cached_property
    def owner(self) -> str:
        """The owner of the user's images."""
        claims = str(self.chain.token).split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])

    def picture(self) -> bytes:
        """Return a photograph of a cat whose bytes are new, so that no cached result is used."""
        return photograph("cat") + f"number {next(self.numbers)}".encode()

    def put(self, body: bytes | None = None, name: str = "cat.jpg", **metadata: str) -> Put:
        """Put an image of the user as the account's root; metadata are its options."""
        image_id = new_image_id(now())
        address = {
            "Bucket": self.chain.deployment.endpoints.images_bucket,
            "Key": image_key(self.owner, image_id, name, has_options=bool(metadata)),
        }
        stored = self.client("s3").put_object(**address, Body=body or self.picture(), Metadata=metadata)
        return {
            "bucket": address["Bucket"], "key": address["Key"], "version": stored["VersionId"], "image_id": image_id,
        }  # fmt: skip

    def recognized(self, body: bytes | None = None, name: str = "cat.jpg", **metadata: str) -> str:
        """Put an image, recognize it, and return its id."""
        image_id = self.put(body, name, **metadata)["image_id"]
        self.work_off("Recognize", self.message("UploadsQueueUrl", image_id))
        return image_id

    def request(self, method: str, path: str, status: int = 200, **parameters: Any) -> Any:
        """Send a request as the user; return the body, or the location of a redirect, if the status is this one."""
        response = self.chain.request(method, path, allow_redirects=False, **parameters)
        assert response.status_code == status, response.text
        return response.headers["Location"] if status == 302 else response.json()

    def client(self, service: str) -> Any:
        """Return an AWS client as the account's root."""
        return self.chain.deployment.client(service)

    def output(self, name: str) -> str:
        """Return one of the stacks' outputs."""
        return self.chain.deployment.outputs[name]

    def prepare(self) -> None:
        """Disable all event sources, and let roles alone grant publishing to topics.

        The emulator's default topic policy lets the whole account publish; in AWS a policy that refuses plain HTTP
        takes its place.
        """
        functions, topics = self.client("lambda"), self.client("sns")
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        for topic in topics.list_topics()["Topics"]:
            policy = json.dumps({"Version": "2012-10-17", "Statement": [_s3_only(topic["TopicArn"])]})
            topics.set_topic_attributes(TopicArn=topic["TopicArn"], AttributeName="Policy", AttributeValue=policy)

    def restart(self, function: str) -> None:
        """Make the function's next call a cold start, without what it has cached."""
        seconds = 120 + next(self.numbers) % 60  # any other timeout that is long enough
        name = self.functions[function]
        self.client("lambda").update_function_configuration(FunctionName=name, Timeout=seconds)
        wait_for(lambda: self.client("lambda").get_function(FunctionName=name)["Configuration"]["State"] == "Active")

    def invoke(self, function: str, payload: dict[str, Any]) -> Any:
        """Invoke the function and return its result; a failure or a logged denial fails the exercise."""
        response = self.client("lambda").invoke(
            FunctionName=self.functions[function], Payload=json.dumps(payload), LogType="Tail"
        )
        result, log = response["Payload"].read().decode(), base64.b64decode(response.get("LogResult", "")).decode()
        assert "FunctionError" not in response, result
        assert "not authorized" not in log, log
        return json.loads(result)

    def work_off(self, function: str, *messages: dict[str, Any], failing: bool = False) -> None:
        """Invoke the function with these messages; all succeed, or all fail if `failing`."""
        failed = self.invoke(function, {"Records": list(messages)})["batchItemFailures"]
        expected = [{"itemIdentifier": message["messageId"]} for message in messages] if failing else []
        assert failed == expected

    def message(self, queue: str, holding: str) -> dict[str, Any]:
        """Return the message that contains this text from a queue (the name of its output), as Lambda gives it."""
        sqs, url = self.client("sqs"), self.output(queue)

        def look() -> dict[str, Any] | None:
            response = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
            found = [message for message in response.get("Messages", ()) if holding in message["Body"]]
            return _record(found[0]) if found else None

        return wait_for(look, patience=_PATIENCE)

    def send(self, queue: str, body: str) -> dict[str, Any]:
        """Put a message into a queue; return it as Lambda gives it."""
        mark = f"message {next(self.numbers)}"
        self.client("sqs").send_message(QueueUrl=self.output(queue), MessageBody=f"{body} {mark}".strip())
        return self.message(queue, mark)


def tried(message: dict[str, Any], times: int) -> dict[str, Any]:
    """Return a message as it is sent again after so many tries."""
    return message | {"messageAttributes": {"Tried": {"stringValue": str(times), "dataType": "Number"}}}


def _s3_only(topic: str) -> dict[str, Any]:
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
