"""The functions behind the routes of images, each with its own grants."""

from infrastructure.functions import PythonFunction
from recognition.detectors.infrastructure import EXPORTS
from recognition.unit import Unit

_FULL_CORE = 1769
"""Memory in MB with one full core: an export resizes masks to the size of their images while the caller waits.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""


def images(unit: Unit) -> None:
    """Define the functions that read, amend, erase and export images."""
    _read(unit)
    _amend(unit)
    _erase(unit)
    _export(unit)


def _read(unit: Unit) -> None:
    images = PythonFunction(
        unit.scope,
        "Images",
        code=unit.code,
        handler="recognition.images.runtime.read.handler.handler",
        environment={
            "SHARDS": str(unit.settings.shards),
            "IMAGES_BUCKET": unit.api.ingest.images.bucket_name,
            "RECOGNITIONS_TABLE": unit.results.recognitions.table_name,
            "IMAGE_INDEX_TABLE": unit.results.index.table_name,
            "ANSWERS_TABLE": unit.results.answers.table_name,
            "USAGE_TABLE": unit.api.quotas.usage.table_name,
            "EDGE_FUNCTION": unit.detectors.edge.function_name,
            "DERIVED_BUCKET": unit.detectors.derived.bucket_name,
            "DETECTORS": ",".join(unit.settings.detectors),
            "PUBLIC_URL": unit.api.routes.public_url,
        },
    )
    images.may(["dynamodb:GetItem", "dynamodb:Query"], unit.results.recognitions.table_arn)
    images.may(
        ["dynamodb:Query"],
        unit.results.index.table_arn,
        unit.results.answers.table_arn,
        unit.api.quotas.usage.table_arn,
    )
    images.may(["s3:GetObjectVersion"], unit.api.ingest.images.arn_for_objects("*"))
    images.may(["s3:GetObject"], unit.detectors.derived.arn_for_objects("*"))
    images.may(["s3:ListBucket"], unit.api.ingest.images.bucket_arn, unit.detectors.derived.bucket_arn)
    images.may(["lambda:InvokeFunction"], unit.detectors.edge.function_arn)
    unit.api.routes.add(unit.scope, images)


def _amend(unit: Unit) -> None:
    amend = PythonFunction(
        unit.scope,
        "Amend",
        code=unit.code,
        handler="recognition.images.runtime.amend.handler.handler",
        environment={
            "SHARDS": str(unit.settings.shards),
            "IMAGES_BUCKET": unit.api.ingest.images.bucket_name,
            "RECOGNITIONS_TABLE": unit.results.recognitions.table_name,
            "UPLOADS_QUEUE_URL": unit.api.ingest.uploads.messages.queue_url,
            "DETECTORS": ",".join(unit.settings.detectors),
            "PUBLIC_URL": unit.api.routes.public_url,
        },
    )
    amend.may(["dynamodb:GetItem", "dynamodb:UpdateItem"], unit.results.recognitions.table_arn)
    amend.may(["s3:ListBucket"], unit.api.ingest.images.bucket_arn)
    amend.may(["sqs:SendMessage"], unit.api.ingest.uploads.messages.queue_arn)
    unit.api.quotas.govern(amend)
    unit.api.routes.add(unit.scope, amend)


def _erase(unit: Unit) -> None:
    erase = PythonFunction(
        unit.scope,
        "Erase",
        code=unit.code,
        handler="recognition.images.runtime.erase.handler.handler",
        environment={
            "SHARDS": str(unit.settings.shards),
            "IMAGES_BUCKET": unit.api.ingest.images.bucket_name,
            "DERIVED_BUCKET": unit.detectors.derived.bucket_name,
            "RECOGNITIONS_TABLE": unit.results.recognitions.table_name,
            "IMAGE_INDEX_TABLE": unit.results.index.table_name,
            "ANSWERS_TABLE": unit.results.answers.table_name,
            "RESULTS_TOPIC": unit.results.topic.topic_arn,
        },
    )
    erase.may(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], unit.results.recognitions.table_arn)
    erase.may(["dynamodb:BatchGetItem"], unit.results.index.table_arn)
    erase.may(["dynamodb:BatchWriteItem"], unit.results.index.table_arn, unit.results.answers.table_arn)
    erase.may(["dynamodb:Query"], unit.results.answers.table_arn)
    erase.may(["s3:ListBucketVersions"], unit.api.ingest.images.bucket_arn)
    erase.may(["s3:DeleteObjectVersion"], unit.api.ingest.images.arn_for_objects("*"))
    erase.may(["s3:ListBucket"], unit.detectors.derived.bucket_arn)
    erase.may(["s3:DeleteObject"], unit.detectors.derived.arn_for_objects("*"))
    erase.may(["sns:Publish"], unit.results.topic.topic_arn)
    unit.api.routes.add(unit.scope, erase)


def _export(unit: Unit) -> None:
    export = PythonFunction(
        unit.scope,
        "Export",
        code=unit.code,
        handler="recognition.images.runtime.export.handler.handler",
        memory=_FULL_CORE,
        environment={
            "SHARDS": str(unit.settings.shards),
            "DERIVED_BUCKET": unit.detectors.derived.bucket_name,
            "RECOGNITIONS_TABLE": unit.results.recognitions.table_name,
            "IMAGE_INDEX_TABLE": unit.results.index.table_name,
            "DETECTORS": ",".join(unit.settings.detectors),
        },
    )
    export.may(["dynamodb:BatchGetItem", "dynamodb:Query"], unit.results.recognitions.table_arn)
    export.may(["dynamodb:Query"], unit.results.index.table_arn)
    export.may(["s3:GetObjectVersion"], unit.api.ingest.images.arn_for_objects("*"))
    export.may(["s3:GetObject", "s3:PutObject"], unit.detectors.derived.arn_for_objects(f"{EXPORTS}*"))
    unit.api.routes.add(unit.scope, export)
