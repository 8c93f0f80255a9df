"""APIStack: the bucket images lie in, the news of each upload, the HTTP API and who may sign in to it."""

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from api.docs_function import docs_function
from api.image_bucket import announce, image_bucket, let_buckets_publish
from api.quotas import Quotas
from api.stage import http_api
from api.users import authorizer, user_pool, user_pool_client
from operations.alarms import Alarms
from operations.budget import budget
from operations.topic import alarm_topic
from python_function import PythonFunction, unit_bundle
from storage import generated_key, owner_table, queue_with_dead_letters, secret_arn
from wire.schedule import UPLOADS
from wire.sign_in import OPEN_ROUTES

RECOGNIZE_SECONDS = 120
"""What the recogniser, a stack further on, may take for a batch: the queue's visibility follows from it."""


class APIStack(cdk.Stack):
    """Ingress. `images` is the bucket, `uploads` the topic, `uploads_queue` what the recogniser reads.

    `alarms` make what each stack has to be watched for tell `alarm_topic`.

    `enforce_ssl` says whether buckets, topics and queues refuse plain HTTP: everywhere but on one machine, whose
    emulator speaks nothing else and takes that refusal at its word.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        auth: str,
        sign_up: bool,
        daily_uploads: int,
        daily_spend: float,
        detectors: Sequence[str],
        described: Mapping[str, Any],
        public_url: str,
        alarm_email: str,
        monthly_budget: float,
        loopback: bool,
        vendor: bool,
        **stack: Any,
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        self.enforce_ssl = not loopback
        self.uploads_queue, self.uploads_dead = queue_with_dead_letters(
            self, "Uploads", tries=UPLOADS.tries, function_seconds=RECOGNIZE_SECONDS, enforce_ssl=self.enforce_ssl
        )
        self.uploads = sns.Topic(self, "Uploads", enforce_ssl=self.enforce_ssl)
        let_buckets_publish(self.uploads)
        self.uploads.add_subscription(
            subscriptions.SqsSubscription(
                self.uploads_queue, raw_message_delivery=True, dead_letter_queue=self.uploads_dead
            )
        )
        self.images = image_bucket(self, enforce_ssl=self.enforce_ssl)
        announce(self.images, self.uploads)
        self.http_api = http_api(self)
        self.public_url = public_url or self.http_api.api_endpoint
        self.auth = auth
        self.user_pool = user_pool(self, sign_up=sign_up) if auth == "cognito" else None
        self.user_pool_client = user_pool_client(self.user_pool) if self.user_pool else None
        self.authorizer = self._authorizer(vendor)
        self.usage = owner_table(self, "Usage", "day")
        self.quotas = Quotas(self.usage, daily_uploads, daily_spend)
        self.cursor_key = generated_key(self, "CursorKey", "Sightline: the key that signs the cursors of lists")
        self.upload = self._upload(detectors, loopback, vendor)
        self._docs(described, vendor)
        self.alarm_topic = alarm_topic(self, alarm_email, enforce_ssl=self.enforce_ssl)
        if monthly_budget:
            budget(self, monthly_budget, self.alarm_topic)
        self.alarms = Alarms(self.alarm_topic)
        self.alarms.watch(self)
        self.alarms.api(self.http_api)
        self._outputs()

    @property
    def cursor_key_arn(self) -> str:
        """The ARN of the key that signs the cursors of lists, for the functions that page."""
        return secret_arn(self.cursor_key)

    def _authorizer(self, vendor: bool) -> apigateway.IHttpRouteAuthorizer | None:
        if not (self.user_pool and self.user_pool_client):
            return None
        return authorizer(self, self.user_pool, self.user_pool_client, vendor=vendor)

    def _upload(self, detectors: Sequence[str], loopback: bool, vendor: bool) -> PythonFunction:
        upload = PythonFunction(
            self,
            "Upload",
            code=unit_bundle(self, "api", vendor=vendor),
            handler="api.runtime.upload.handler",
            environment={
                "IMAGES_BUCKET": self.images.bucket_name,
                "DETECTORS": ",".join(detectors),
                "PUBLIC_URL": self.public_url,
                "LOOPBACK": str(loopback).lower(),
            },
        )
        upload.may(["s3:PutObject"], self.images.arn_for_objects("images/*"))
        self.quotas.govern(upload)
        add_routes(self, self, upload, "GET /", "POST /images", "POST /uploads", "GET /health")
        return upload

    def _docs(self, described: Mapping[str, Any], vendor: bool) -> None:
        docs = docs_function(self, described, public_url=self.public_url, vendor=vendor)
        add_routes(self, self, docs, "GET /openapi.json", "GET /docs", "GET /docs/{file}", "$default")

    def _outputs(self) -> None:
        cdk.CfnOutput(self, "ApiUrl", value=self.public_url)
        cdk.CfnOutput(self, "ImagesBucket", value=self.images.bucket_name)
        cdk.CfnOutput(self, "UploadsQueueUrl", value=self.uploads_queue.queue_url)
        cdk.CfnOutput(self, "UploadsDeadQueueUrl", value=self.uploads_dead.queue_url)
        cdk.CfnOutput(self, "AlarmTopic", value=self.alarm_topic.topic_arn)
        if self.user_pool and self.user_pool_client:
            cdk.CfnOutput(self, "UserPoolId", value=self.user_pool.user_pool_id)
            cdk.CfnOutput(self, "UserPoolClientId", value=self.user_pool_client.user_pool_client_id)


def add_routes(scope: Construct, api: APIStack, function: lambda_.Function, *route_keys: str) -> None:
    """Answer these route keys ("GET /images/{image_id}") with the function; a token is wanted where auth is on.

    The function keeps that itself, as `wire.http_api` does: the authorizer tells whose token it is.
    """
    function.add_environment("AUTH", api.auth)
    integration = HttpLambdaIntegration(f"{function.node.id}Integration", function)
    for key in route_keys:
        method, _, path = key.partition(" ")
        apigateway.HttpRoute(
            scope,
            key,
            http_api=api.http_api,
            route_key=apigateway.HttpRouteKey.with_(path, apigateway.HttpMethod[method])
            if path
            else apigateway.HttpRouteKey.DEFAULT,
            integration=integration,
            authorizer=None if key in OPEN_ROUTES else api.authorizer,
        )
