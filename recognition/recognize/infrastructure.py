"""The function that recognizes uploaded images."""

from api.ingest.infrastructure import RECOGNIZE_SECONDS
from domain.detectors import DETECTORS
from infrastructure.functions import PythonFunction
from recognition.unit import Unit


def recognize(unit: Unit) -> PythonFunction:
    """Define the function, which receives the messages of the uploads queue.

    It sends the message of a throttled image to the same queue again, as often as `REQUEUES` has pauses.
    """
    function = PythonFunction(
        unit.scope,
        "Recognize",
        code=unit.code,
        handler="recognition.recognize.runtime.handler.handler",
        timeout=RECOGNIZE_SECONDS,
        recursive=True,
        environment=_environment(unit),
    )
    _grant(unit, function)
    unit.api.quotas.govern(function)
    settings = unit.settings
    function.work_off(unit.api.ingest.uploads.messages, settings.recognize_concurrency, settings.batching_seconds)
    return function


def watch(unit: Unit, function: PythonFunction) -> None:
    """Define the alarms of Rekognition's throttling and cost, if the deployment uses Rekognition."""
    if any(DETECTORS[name].uses_rekognition for name in unit.settings.detectors):
        unit.api.alarms.throttled(function)
        if unit.settings.alarm_spend:
            unit.api.alarms.spending(function, unit.settings.alarm_spend)


def _environment(unit: Unit) -> dict[str, str]:
    results, detectors, settings = unit.results, unit.detectors, unit.settings
    return {
        "IMAGES_BUCKET": unit.api.ingest.images.bucket_name,
        "UPLOADS_QUEUE_URL": unit.api.ingest.uploads.messages.queue_url,
        "UPLOADS_DEAD_URL": unit.api.ingest.uploads.dead_letters.queue_url,
        "RECOGNITIONS_TABLE": results.recognitions.table_name,
        "IMAGE_INDEX_TABLE": results.index.table_name,
        "ANSWERS_TABLE": results.answers.table_name,
        "RESULTS_TOPIC": results.topic.topic_arn,
        "EDGE_FUNCTION": detectors.edge.function_name,
        "DERIVED_BUCKET": detectors.derived.bucket_name,
        "DETECTORS": ",".join(settings.detectors),
        "CASCADE_BELOW": str(settings.cascade_below),
        "REKOGNITION_PAUSE": str(settings.rekognition_pause),
        "SHARDS": str(settings.shards),
    }


def _grant(unit: Unit, function: PythonFunction) -> None:
    results, images, uploads = unit.results, unit.api.ingest.images, unit.api.ingest.uploads
    function.may(["s3:GetObject", "s3:GetObjectVersion"], images.arn_for_objects("*"))  # Rekognition reads with them
    function.may(["s3:ListBucket"], images.bucket_arn)  # without it, S3 returns 403 for a missing object
    function.may(["s3:GetObject"], unit.detectors.derived.arn_for_objects("*"))
    function.may(
        ["dynamodb:BatchGetItem", "dynamodb:PartiQLInsert", "dynamodb:UpdateItem"], results.recognitions.table_arn
    )
    function.may(["dynamodb:BatchWriteItem"], results.index.table_arn)
    function.may(
        ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:Query"],
        results.answers.table_arn,
    )
    if not (unit.api.quotas.uploads or unit.api.quotas.spend):  # else `govern` grants it
        function.may(["dynamodb:UpdateItem"], unit.api.quotas.usage.table_arn)
    function.may(["sns:Publish"], results.topic.topic_arn)
    function.may(["lambda:InvokeFunction"], unit.detectors.edge.function_arn)
    called = [api for name in unit.settings.detectors if (api := DETECTORS[name].rekognition)]
    if called:
        function.may([f"rekognition:{api.operation}" for api in called], "*")
    function.may(["sqs:SendMessage"], uploads.messages.queue_arn, uploads.dead_letters.queue_arn)
