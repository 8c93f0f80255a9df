"""The resources of detectors: the edge function, the bucket of its models, the bucket of derived pictures."""

from dataclasses import dataclass
from functools import partial

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infrastructure.storage import access_log_bucket, open_to_pages, private_bucket
from recognition.detectors.edge_function import edge_function
from settings import Settings

EXPORTS = "exports/"
"""The prefix of exported files in the bucket of derived pictures."""

_CACHE = s3.LifecycleRule(expiration=cdk.Duration.days(30))
"""A deleted picture is derived again on the next request."""

_EXPORTED_FILES = s3.LifecycleRule(prefix=EXPORTS, expiration=cdk.Duration.days(1))


@dataclass(frozen=True, slots=True)
class Detectors:
    """The edge function, the bucket of models, the bucket of derived pictures."""

    edge: lambda_.Function
    models: s3.Bucket
    derived: s3.Bucket


def detectors(scope: Construct, settings: Settings, images: s3.IBucket) -> Detectors:
    """Define the edge function, which reads from `images`, and its buckets."""
    logs = access_log_bucket(scope, "AccessLogs", enforce_ssl=settings.enforce_ssl)
    bucket = partial(private_bucket, scope, enforce_ssl=settings.enforce_ssl, server_access_logs_bucket=logs)
    models = bucket("Models", versioned=True, server_access_logs_prefix="models/")
    derived = bucket(
        "Derived",
        lifecycle_rules=[_CACHE, _EXPORTED_FILES],
        server_access_logs_prefix="derived/",
        cors=[open_to_pages(s3.HttpMethods.GET)],
    )
    edge = edge_function(scope, settings, models)
    edge.may(["s3:GetObjectVersion"], images.arn_for_objects("*"))
    edge.may(["s3:ListBucket"], images.bucket_arn, models.bucket_arn)  # without it, S3 returns 403 for a missing object
    edge.may(["s3:GetObject"], models.arn_for_objects("models/*"))
    edge.may(["s3:PutObject", "s3:DeleteObject"], derived.arn_for_objects("*"))
    return Detectors(edge, models, derived)
