"""The bucket of the images, the topic and queue of its uploads, and the function behind the upload routes."""

from dataclasses import dataclass

from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from api.ingest.image_bucket import allow_buckets_to_publish, image_bucket, publish_uploads
from api.quotas.infrastructure import Quotas
from infrastructure.bundles import unit_bundle
from infrastructure.functions import PythonFunction
from infrastructure.queues import Queue, queue_with_dead_letters
from infrastructure.routes import Routes
from settings import Settings

RECOGNIZE_SECONDS = 120
"""The timeout of the recognize function in the next stack; the queue's visibility timeout derives from it."""


@dataclass(frozen=True, slots=True)
class Ingest:
    """The bucket of the images and the queue of their uploads."""

    images: s3.Bucket
    uploads: Queue

    @property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs by name."""
        return {
            "ImagesBucket": self.images.bucket_name,
            "UploadsQueueUrl": self.uploads.messages.queue_url,
            "UploadsDeadQueueUrl": self.uploads.dead_letters.queue_url,
        }


def ingest(scope: Construct, settings: Settings) -> Ingest:
    """Define the bucket, and a queue that receives a message for each object put into it."""
    uploads = queue_with_dead_letters(
        scope,
        "Uploads",
        function_seconds=RECOGNIZE_SECONDS,
        batching_seconds=settings.batching_seconds,
        enforce_ssl=settings.enforce_ssl,
    )
    topic = sns.Topic(scope, "Uploads", enforce_ssl=settings.enforce_ssl)
    allow_buckets_to_publish(topic)
    uploads.subscribe(topic)
    images = image_bucket(scope, enforce_ssl=settings.enforce_ssl)
    publish_uploads(images, topic)
    return Ingest(images, uploads)


def upload_function(
    scope: Construct, settings: Settings, ingest: Ingest, routes: Routes, quotas: Quotas
) -> PythonFunction:
    """Define the function that accepts images by URL, as bytes, or through a presigned form."""
    upload = PythonFunction(
        scope,
        "Upload",
        code=unit_bundle(scope, "api", vendor=settings.vendor),
        handler="api.ingest.runtime.handler.handler",
        environment={
            "IMAGES_BUCKET": ingest.images.bucket_name,
            "DETECTORS": ",".join(settings.detectors),
            "PUBLIC_URL": routes.public_url,
            "LOOPBACK": str(settings.loopback).lower(),
        },
    )
    upload.may(["s3:PutObject"], ingest.images.arn_for_objects("images/*"))
    quotas.govern(upload)
    routes.add(scope, upload)
    return upload
