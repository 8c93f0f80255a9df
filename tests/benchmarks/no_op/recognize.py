"""One question to the edge function; its answers written in one call, told in one call. Nothing looked at or up."""

import json
import os
from typing import Any
from urllib.parse import unquote_plus

import boto3

dynamodb: Any = boto3.client("dynamodb")
lambda_: Any = boto3.client("lambda")
sns: Any = boto3.client("sns")
EDGE, TABLE, TOPIC = os.environ["EDGE_FUNCTION"], os.environ["RECOGNITIONS_TABLE"], os.environ["RESULTS_TOPIC"]


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Ask about all objects, write a row for each, tell of each."""
    told = [each for record in event["Records"] for each in json.loads(record["body"]).get("Records", ())]
    keys = [unquote_plus(each["s3"]["object"]["key"]) for each in told]
    if keys:
        asked = lambda_.invoke(FunctionName=EDGE, Payload=json.dumps({"images": [{"key": key} for key in keys]}))
        answer = json.load(asked["Payload"])
        said = {key: json.dumps({"key": key} | each) for key, each in zip(keys, answer["results"], strict=True)}
        rows = [_row(key, text) for key, text in said.items()]
        dynamodb.batch_write_item(RequestItems={TABLE: rows})
        entries = [{"Id": str(n), "Message": text} for n, text in enumerate(said.values())]
        sns.publish_batch(TopicArn=TOPIC, PublishBatchRequestEntries=entries)
    print("moved on")
    return {"batchItemFailures": []}


def _row(key: str, text: str) -> dict[str, Any]:
    return {"PutRequest": {"Item": {"owner": {"S": "no-op"}, "image_id": {"S": key}, "said": {"S": text}}}}
