"""The function that shows an image's timeline; it reads recognition results, so its zip contains their room."""

from infrastructure.bundles import unit_bundle
from infrastructure.functions import PythonFunction
from integration.deliveries.infrastructure import Deliveries
from integration.unit import Unit
from recognition.results.infrastructure import Results


def timeline(unit: Unit, results: Results, deliveries: Deliveries) -> None:
    """Define the function behind GET /images/{image_id}/timeline."""
    images = unit.api.ingest.images
    function = PythonFunction(
        unit.scope,
        "Timeline",
        code=unit_bundle(unit.scope, "integration", vendor=unit.settings.vendor, rooms=["recognition/results"]),
        handler="integration.timeline.runtime.handler.handler",
        environment={
            "SHARDS": str(unit.settings.shards),
            "IMAGES_BUCKET": images.bucket_name,
            "RECOGNITIONS_TABLE": results.recognitions.table_name,
            "ANSWERS_TABLE": results.answers.table_name,
            "DELIVERIES_TABLE": deliveries.log.table_name,
            "PUBLIC_URL": unit.api.routes.public_url,
        },
    )
    function.may(["s3:ListBucket"], images.bucket_arn)
    function.may(["dynamodb:GetItem"], results.recognitions.table_arn)
    function.may(["dynamodb:Query"], results.answers.table_arn, deliveries.log.table_arn)
    unit.api.routes.add(unit.scope, function)
