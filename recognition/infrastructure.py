"""RekognitionStack: who sees, the table of what was seen, the topic that tells of it, the read routes."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from api.infrastructure import RECOGNIZE_SECONDS, APIStack, add_routes
from python_function import PythonFunction, unit_bundle
from recognition.edge_function import edge_function
from recognition.image_routes import EXPORTS, image_routes
from storage import access_log_bucket, keyed_table, owner_table, private_bucket

_A_CACHE = s3.LifecycleRule(expiration=cdk.Duration.days(30))
"""Derived pictures are made anew when asked for once more."""

_TO_BE_FETCHED = s3.LifecycleRule(prefix=EXPORTS, expiration=cdk.Duration.days(1))


class RekognitionStack(cdk.Stack):
    """`recognitions` is the table, `results` the topic, `edge` the function that hosts the custom models.

    `models` is the bucket of the custom models, `derived` that of thumbnails and other pictures made of images.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        api: APIStack,
        detectors: Sequence[str],
        cascade_below: float,
        alarm_spend: float,
        edge_package: str,
        concurrency: int,
        rekognition_pause: float,
        vendor: bool,
        **stack: Any,
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        self.recognitions = owner_table(self, "Recognitions", "image_id", expires="expires")
        self.index = keyed_table(self, "Index", "found_by", "image_id")
        self.answers = keyed_table(self, "Answers", "about", "answer")
        self.results = sns.Topic(self, "Results", enforce_ssl=api.enforce_ssl)
        self.models, self.derived = self._buckets(api.enforce_ssl)
        self.edge = edge_function(
            self, package=edge_package, vendor=vendor, images=api.images, models=self.models, derived=self.derived
        )
        code = unit_bundle(self, "recognition", vendor=vendor)
        self.recognize = self._recognize(code, api, detectors, cascade_below, rekognition_pause)
        self.recognize.work_off(api.uploads_queue, concurrency)
        image_routes(self, code, api, detectors)
        self._classify(code, api)
        api.alarms.watch(self)
        if "rekognition" in detectors:
            api.alarms.throttled(self.recognize)
        if alarm_spend and "rekognition" in detectors:
            api.alarms.spending(self.recognize, alarm_spend)
        cdk.CfnOutput(self, "RecognitionsTable", value=self.recognitions.table_name)
        cdk.CfnOutput(self, "ModelsBucket", value=self.models.bucket_name)
        cdk.CfnOutput(self, "EdgeFunction", value=self.edge.function_name)

    def _buckets(self, enforce_ssl: bool) -> tuple[s3.Bucket, s3.Bucket]:
        logs = access_log_bucket(self, "AccessLogs", enforce_ssl=enforce_ssl)
        bucket = partial(private_bucket, self, enforce_ssl=enforce_ssl, server_access_logs_bucket=logs)
        return (
            bucket("Models", versioned=True, server_access_logs_prefix="models/"),
            bucket("Derived", lifecycle_rules=[_A_CACHE, _TO_BE_FETCHED], server_access_logs_prefix="derived/"),
        )

    def _recognize(
        self, code: lambda_.Code, api: APIStack, detectors: Sequence[str], cascade_below: float, pause: float
    ) -> PythonFunction:
        recognize = PythonFunction(
            self,
            "Recognize",
            code=code,
            handler="recognition.runtime.recognize.handler",
            timeout=RECOGNIZE_SECONDS,
            environment={
                "UPLOADS_QUEUE_URL": api.uploads_queue.queue_url,
                "RECOGNITIONS_TABLE": self.recognitions.table_name,
                "IMAGE_INDEX_TABLE": self.index.table_name,
                "ANSWERS_TABLE": self.answers.table_name,
                "USAGE_TABLE": api.usage.table_name,
                "RESULTS_TOPIC": self.results.topic_arn,
                "EDGE_FUNCTION": self.edge.function_name,
                "DERIVED_BUCKET": self.derived.bucket_name,
                "DETECTORS": ",".join(detectors),
                "CASCADE_BELOW": str(cascade_below),
                "REKOGNITION_PAUSE": str(pause),
            },
        )
        recognize.may(["s3:GetObjectVersion"], api.images.arn_for_objects("*"))
        recognize.may(["s3:ListBucket"], api.images.bucket_arn)  # else an object that is gone looks like one denied
        recognize.may(["s3:GetObject"], self.derived.arn_for_objects("*"))
        recognize.may(["dynamodb:BatchGetItem", "dynamodb:UpdateItem"], self.recognitions.table_arn)
        recognize.may(["dynamodb:BatchWriteItem"], self.index.table_arn)
        recognize.may(
            ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:Query"],
            self.answers.table_arn,
        )
        recognize.may(["dynamodb:UpdateItem"], api.usage.table_arn)
        recognize.may(["sns:Publish"], self.results.topic_arn)
        recognize.may(["lambda:InvokeFunction"], self.edge.function_arn)
        if "rekognition" in detectors:
            recognize.may(["rekognition:DetectLabels"], "*")
        recognize.may(["sqs:SendMessage"], api.uploads_queue.queue_arn)
        return recognize

    def _classify(self, code: lambda_.Code, api: APIStack) -> None:
        classify = PythonFunction(
            self,
            "Classify",
            code=code,
            handler="recognition.runtime.classify.handler",
            environment={"EDGE_FUNCTION": self.edge.function_name},
        )
        classify.may(["lambda:InvokeFunction"], self.edge.function_arn)
        add_routes(self, api, classify, "POST /classify")
