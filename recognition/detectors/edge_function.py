"""The edge function, which runs your own models: a container image, or the same code as a zip without Docker."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infrastructure.bundles import ROOT, bundle
from infrastructure.functions import ImageFunction, PythonFunction
from settings import Settings, SettingsError

SECONDS = 60
MEGABYTES = 2048
"""More memory is more CPU; 1,769 MB is one core: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""


def edge_function(scope: Construct, settings: Settings, models: s3.IBucket) -> ImageFunction | PythonFunction:
    """Define the function, packaged as the setting `edge_package` says.

    Another package is another function under the same logical id. Later stacks read its name as an output, which may
    change, not as an import, which may not.
    """
    environment = {"MODELS_BUCKET": models.bucket_name}
    packaged = settings.edge_package == "image"
    function = _from_image(scope, environment) if packaged else _from_zip(scope, environment, settings.vendor)
    function.apply_cross_stack_reference_strength(cdk.ReferenceStrength.BOTH)
    return function


def _from_image(scope: Construct, environment: Mapping[str, str]) -> ImageFunction:
    code = lambda_.DockerImageCode.from_image_asset(
        str(ROOT / "edge_ml"),
        platform=ecr_assets.Platform.LINUX_AMD64,
        exclude=["training", "onboarding", "**/__pycache__"],
    )
    return ImageFunction(scope, "Edge", code=code, environment=environment, timeout=SECONDS, memory=MEGABYTES)


def _from_zip(scope: Construct, environment: Mapping[str, str], vendor: bool) -> PythonFunction:
    requirements = "edge_ml/requirements.txt" if vendor else None
    try:
        code = bundle(scope, "edge_ml", ("edge_ml",), requirements=requirements)
    except SettingsError as error:
        raise SettingsError(f"edge_package=zip: {error} Or deploy with edge_package=image.") from error
    return PythonFunction(
        scope,
        "Edge",
        code=code,
        handler="edge_ml.handler.handler",
        environment=environment,
        timeout=SECONDS,
        memory=MEGABYTES,
    )
