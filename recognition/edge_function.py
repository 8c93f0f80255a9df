"""The function that hosts the custom models: a container image, or the same code as a zip where there is no Docker."""

from collections.abc import Mapping

from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from python_function import ROOT, ImageFunction, PythonFunction, bundle

SECONDS = 60
MEGABYTES = 2048
"""More memory is more processor; 1,769 MB is one core: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""


def edge_function(
    scope: Construct, *, package: str, vendor: bool, images: s3.IBucket, models: s3.IBucket, derived: s3.IBucket
) -> ImageFunction | PythonFunction:
    """The function, allowed to read images and model bundles and to put derived pictures; `package`: `image`, `zip`."""
    environment = {"MODELS_BUCKET": models.bucket_name}
    edge = _from_image(scope, environment) if package == "image" else _from_zip(scope, environment, vendor)
    edge.may(["s3:GetObjectVersion"], images.arn_for_objects("*"))
    edge.may(["s3:ListBucket"], images.bucket_arn, models.bucket_arn)  # else what is gone looks like what is denied
    edge.may(["s3:GetObject"], models.arn_for_objects("models/*"))
    edge.may(["s3:PutObject"], derived.arn_for_objects("*"))
    return edge


def _from_image(scope: Construct, environment: Mapping[str, str]) -> ImageFunction:
    code = lambda_.DockerImageCode.from_image_asset(
        str(ROOT / "edge_ml"),
        platform=ecr_assets.Platform.LINUX_AMD64,
        exclude=["training", "onboarding", "**/__pycache__"],
    )
    return ImageFunction(scope, "Edge", code=code, environment=environment, timeout=SECONDS, memory=MEGABYTES)


def _from_zip(scope: Construct, environment: Mapping[str, str], vendor: bool) -> PythonFunction:
    return PythonFunction(
        scope,
        "Edge",
        code=bundle(scope, "edge_ml", ("edge_ml",), vendor=vendor),
        handler="edge_ml.handler.handler",
        environment=environment,
        timeout=SECONDS,
        memory=MEGABYTES,
    )
