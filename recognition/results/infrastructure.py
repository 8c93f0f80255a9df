"""Recognition results: the tables that hold them and the topic that publishes them."""

from dataclasses import dataclass

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sns as sns
from constructs import Construct

from infrastructure.storage import keyed_table, owner_table
from settings import Settings


@dataclass(frozen=True, slots=True)
class Results:
    """The tables of current entries, of index rows, and of earlier entries and cached results; the topic of events."""

    recognitions: dynamodb.Table
    index: dynamodb.Table
    answers: dynamodb.Table
    topic: sns.Topic


def results(scope: Construct, settings: Settings) -> Results:
    """Define the tables and the topic."""
    return Results(
        recognitions=owner_table(scope, "Recognitions", "image_id", expires="expires"),
        index=keyed_table(scope, "Index", "found_by", "image_id"),
        answers=keyed_table(scope, "Answers", "about", "answer"),
        topic=sns.Topic(scope, "Results", enforce_ssl=settings.enforce_ssl),
    )
