"""Recognize as one read and one call of the edge function; write all rows, count, and publish in one call."""

import json
import os
from typing import Any
from urllib.parse import unquote_plus

import boto3

dynamodb: Any = boto3.client("dynamodb")
lambda_: Any = boto3.client("lambda")
sns: Any = boto3.client("sns")
EDGE, TABLE, TOPIC = os.environ["EDGE_FUNCTION"], os.environ["RECOGNITIONS_TABLE"], os.environ["RESULTS_TOPIC"]
INDEX = os.environ["IMAGE_INDEX_TABLE"]
FOUND_BY, MOST = 6, 25
"""The index rows of one image with one sure label, and the rows written in a call."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Call the edge function about all objects; write and publish a row for each."""
    s3_records = [stored for record in event["Records"] for stored in json.loads(record["body"]).get("Records", ())]
    keys = [unquote_plus(stored["s3"]["object"]["key"]) for stored in s3_records]
    if keys:
        dynamodb.batch_get_item(RequestItems={TABLE: {"Keys": [_key(key) for key in keys]}})
        response = lambda_.invoke(FunctionName=EDGE, Payload=json.dumps({"images": [{"key": key} for key in keys]}))
        payload = json.load(response["Payload"])
        texts = {key: json.dumps({"key": key} | result) for key, result in zip(keys, payload["results"], strict=True)}
        rows = [row for key, text in texts.items() for row in _rows(key, text)]
        for start in range(0, len(rows), MOST):
            dynamodb.batch_write_item(RequestItems=_by_table(rows[start : start + MOST]))
        dynamodb.update_item(
            TableName=os.environ["USAGE_TABLE"],
            Key={"owner": {"S": "no-op"}, "day": {"S": "today"}},
            UpdateExpression="ADD uploads :n",
            ExpressionAttributeValues={":n": {"N": str(len(rows))}},
        )
        entries = [{"Id": str(n), "Message": text} for n, text in enumerate(texts.values())]
        sns.publish_batch(TopicArn=TOPIC, PublishBatchRequestEntries=entries)
    print("moved on")
    return {"batchItemFailures": []}


def _key(key: str) -> dict[str, Any]:
    return {"owner": {"S": "no-op"}, "image_id": {"S": key}}


def _rows(key: str, text: str) -> list[tuple[str, dict[str, Any]]]:
    fields = {"image_id": {"S": key}, "said": {"S": text}}
    found = [(INDEX, {"found_by": {"S": f"no-op/{n}"}} | fields) for n in range(FOUND_BY)]
    return [(TABLE, _key(key) | fields), *found]


def _by_table(rows: list[tuple[str, dict[str, Any]]]) -> dict[str, list[Any]]:
    tables = dict.fromkeys(table for table, _ in rows)
    return {name: [{"PutRequest": {"Item": row}} for table, row in rows if table == name] for name in tables}
