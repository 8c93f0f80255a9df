"""One look-up, one question to the edge function; answers and what finds them written, counted, told in one call."""

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
"""Rows that find one answer: as many as one sure label has; rows to a call."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Ask about all objects, write a row for each, tell of each."""
    told = [event for record in event["Records"] for event in json.loads(record["body"]).get("Records", ())]
    keys = [unquote_plus(event["s3"]["object"]["key"]) for event in told]
    if keys:
        dynamodb.batch_get_item(RequestItems={TABLE: {"Keys": [_key(key) for key in keys]}})
        asked = lambda_.invoke(FunctionName=EDGE, Payload=json.dumps({"images": [{"key": key} for key in keys]}))
        answer = json.load(asked["Payload"])
        said = {key: json.dumps({"key": key} | result) for key, result in zip(keys, answer["results"], strict=True)}
        rows = [row for key, text in said.items() for row in _rows(key, text)]
        for start in range(0, len(rows), MOST):
            dynamodb.batch_write_item(RequestItems=_by_table(rows[start : start + MOST]))
        dynamodb.update_item(
            TableName=os.environ["USAGE_TABLE"],
            Key={"owner": {"S": "no-op"}, "day": {"S": "today"}},
            UpdateExpression="ADD uploads :n",
            ExpressionAttributeValues={":n": {"N": str(len(rows))}},
        )
        entries = [{"Id": str(n), "Message": text} for n, text in enumerate(said.values())]
        sns.publish_batch(TopicArn=TOPIC, PublishBatchRequestEntries=entries)
    print("moved on")
    return {"batchItemFailures": []}


def _key(key: str) -> dict[str, Any]:
    return {"owner": {"S": "no-op"}, "image_id": {"S": key}}


def _rows(key: str, text: str) -> list[tuple[str, dict[str, Any]]]:
    said = {"image_id": {"S": key}, "said": {"S": text}}
    found = [(INDEX, {"found_by": {"S": f"no-op/{n}"}} | said) for n in range(FOUND_BY)]
    return [(TABLE, _key(key) | said), *found]


def _by_table(rows: list[tuple[str, dict[str, Any]]]) -> dict[str, list[Any]]:
    tables = dict.fromkeys(table for table, _ in rows)
    return {name: [{"PutRequest": {"Item": row}} for table, row in rows if table == name] for name in tables}
