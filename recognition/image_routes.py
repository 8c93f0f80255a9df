"""The functions behind the routes about images, each with what it needs and nothing else."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

from api.infrastructure import APIStack, add_routes
from python_function import PythonFunction

if TYPE_CHECKING:
    from recognition.infrastructure import RekognitionStack

_ONE = "/images/{image_id}"
EXPORTS = "exports/"
"""Where in the bucket of derived pictures the files lie that an export makes."""


_A_WHOLE_CORE = 1769
"""Megabytes: masks are brought to their pictures' size while the caller waits.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""


def image_routes(stack: "RekognitionStack", code: lambda_.Code, api: APIStack, detectors: Sequence[str]) -> None:
    """Read, amend, erase and export images."""
    _images(stack, code, api, detectors)
    _amend(stack, code, api, detectors)
    _erase(stack, code, api)
    _export(stack, code, api)


def _images(stack: "RekognitionStack", code: lambda_.Code, api: APIStack, detectors: Sequence[str]) -> None:
    images = PythonFunction(
        stack,
        "Images",
        code=code,
        handler="recognition.runtime.images.handler",
        environment={
            "IMAGES_BUCKET": api.images.bucket_name,
            "RECOGNITIONS_TABLE": stack.recognitions.table_name,
            "IMAGE_INDEX_TABLE": stack.index.table_name,
            "ANSWERS_TABLE": stack.answers.table_name,
            "USAGE_TABLE": api.usage.table_name,
            "EDGE_FUNCTION": stack.edge.function_name,
            "DERIVED_BUCKET": stack.derived.bucket_name,
            "DETECTORS": ",".join(detectors),
            "PUBLIC_URL": api.public_url,
            "CURSOR_KEY_ARN": api.cursor_key_arn,
        },
    )
    images.may(["secretsmanager:GetSecretValue"], api.cursor_key_arn)
    images.may(["dynamodb:GetItem", "dynamodb:Query"], stack.recognitions.table_arn)
    images.may(["dynamodb:Query"], stack.index.table_arn, stack.answers.table_arn, api.usage.table_arn)
    images.may(["s3:GetObjectVersion"], api.images.arn_for_objects("*"))
    images.may(["s3:GetObject"], stack.derived.arn_for_objects("*"))
    images.may(["s3:ListBucket"], api.images.bucket_arn, stack.derived.bucket_arn)
    images.may(["lambda:InvokeFunction"], stack.edge.function_arn)
    one = f"GET {_ONE}"
    lists = ("GET /images", "GET /images/stats", "GET /models")
    add_routes(stack, api, images, *lists, one, f"{one}/annotated", f"{one}/thumbnail")


def _amend(stack: "RekognitionStack", code: lambda_.Code, api: APIStack, detectors: Sequence[str]) -> None:
    amend = PythonFunction(
        stack,
        "Amend",
        code=code,
        handler="recognition.runtime.amend.handler",
        environment={
            "IMAGES_BUCKET": api.images.bucket_name,
            "RECOGNITIONS_TABLE": stack.recognitions.table_name,
            "UPLOADS_QUEUE_URL": api.uploads_queue.queue_url,
            "DETECTORS": ",".join(detectors),
            "PUBLIC_URL": api.public_url,
        },
    )
    amend.may(["dynamodb:GetItem", "dynamodb:UpdateItem"], stack.recognitions.table_arn)
    amend.may(["s3:ListBucket"], api.images.bucket_arn)
    amend.may(["sqs:SendMessage"], api.uploads_queue.queue_arn)
    api.quotas.govern(amend)
    add_routes(stack, api, amend, f"POST {_ONE}/recognitions", f"POST {_ONE}/corrections")


def _erase(stack: "RekognitionStack", code: lambda_.Code, api: APIStack) -> None:
    erase = PythonFunction(
        stack,
        "Erase",
        code=code,
        handler="recognition.runtime.erase.handler",
        environment={
            "IMAGES_BUCKET": api.images.bucket_name,
            "DERIVED_BUCKET": stack.derived.bucket_name,
            "RECOGNITIONS_TABLE": stack.recognitions.table_name,
            "IMAGE_INDEX_TABLE": stack.index.table_name,
            "ANSWERS_TABLE": stack.answers.table_name,
            "RESULTS_TOPIC": stack.results.topic_arn,
        },
    )
    erase.may(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], stack.recognitions.table_arn)
    erase.may(["dynamodb:BatchGetItem"], stack.index.table_arn)
    erase.may(["dynamodb:BatchWriteItem"], stack.index.table_arn, stack.answers.table_arn)
    erase.may(["dynamodb:Query"], stack.answers.table_arn)
    erase.may(["s3:ListBucketVersions"], api.images.bucket_arn)
    erase.may(["s3:DeleteObjectVersion"], api.images.arn_for_objects("*"))
    erase.may(["s3:ListBucket"], stack.derived.bucket_arn)
    erase.may(["s3:DeleteObject"], stack.derived.arn_for_objects("*"))
    erase.may(["sns:Publish"], stack.results.topic_arn)
    add_routes(stack, api, erase, f"DELETE {_ONE}")


def _export(stack: "RekognitionStack", code: lambda_.Code, api: APIStack) -> None:
    export = PythonFunction(
        stack,
        "Export",
        code=code,
        handler="recognition.runtime.export.handler",
        memory=_A_WHOLE_CORE,
        environment={
            "DERIVED_BUCKET": stack.derived.bucket_name,
            "RECOGNITIONS_TABLE": stack.recognitions.table_name,
            "IMAGE_INDEX_TABLE": stack.index.table_name,
            "CURSOR_KEY_ARN": api.cursor_key_arn,
        },
    )
    export.may(["secretsmanager:GetSecretValue"], api.cursor_key_arn)
    export.may(["dynamodb:BatchGetItem", "dynamodb:Query"], stack.recognitions.table_arn)
    export.may(["dynamodb:Query"], stack.index.table_arn)
    export.may(["s3:GetObjectVersion"], api.images.arn_for_objects("*"))
    export.may(["s3:GetObject", "s3:PutObject"], stack.derived.arn_for_objects(f"{EXPORTS}*"))
    add_routes(stack, api, export, "GET /images/export")
