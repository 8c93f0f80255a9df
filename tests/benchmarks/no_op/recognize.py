"""One question to the edge function, one batched write, one batched announcement; nothing looked at or looked up."""

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
        asked["Payload"].read()
        rows = [{"PutRequest": {"Item": {"owner": {"S": "no-op"}, "image_id": {"S": key}}}} for key in keys]
        dynamodb.batch_write_item(RequestItems={TABLE: rows})
        entries = [{"Id": str(n), "Message": json.dumps({"key": key})} for n, key in enumerate(keys)]
        sns.publish_batch(TopicArn=TOPIC, PublishBatchRequestEntries=entries)
    print("moved on")
    return {"batchItemFailures": []}
