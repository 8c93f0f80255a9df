"""APIStack: the bucket images lie in, the news of each upload, the HTTP API and who may sign in to it."""

import json
from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_apigatewayv2_authorizers import HttpUserPoolAuthorizer
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from python_function import ROOT, PythonFunction, bundle

_OPEN_ROUTES = ("GET /health", "$default")
_LOGGED = (
    "requestId",
    "requestTime",
    "routeKey",
    "status",
    "responseLength",
    "integrationLatency",
    "error.message",
    "identity.sourceIp",
)
_VISIBILITY = cdk.Duration.minutes(12)
"""Six times what the recogniser may take for a batch; failures of single images come back sooner."""


class APIStack(cdk.Stack):
    """Ingress. `images` is the bucket, `uploads` the topic, `uploads_queue` what the recogniser reads.

    `enforce_ssl` says whether buckets, topics and queues refuse plain HTTP: everywhere but on one machine, whose
    emulator speaks nothing else and takes that refusal at its word.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        auth: str,
        detectors: Sequence[str],
        public_url: str,
        loopback: bool,
        vendor: bool,
        **stack: Any,
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        self.node.set_context("@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy", True)  # else an ACL, which is refused
        self.enforce_ssl = not loopback
        self.uploads_dead = self._queue("UploadsDead", retention_period=cdk.Duration.days(14))
        self.uploads_queue = self._queue(
            "UploadsQueue",
            visibility_timeout=_VISIBILITY,
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=5, queue=self.uploads_dead),
        )
        self.uploads = sns.Topic(self, "Uploads", enforce_ssl=self.enforce_ssl)
        _let_buckets_publish(self.uploads)
        self.uploads.add_subscription(
            subscriptions.SqsSubscription(
                self.uploads_queue, raw_message_delivery=True, dead_letter_queue=self.uploads_dead
            )
        )
        self.images = self._bucket(
            "Images",
            versioned=True,
            server_access_logs_bucket=self._access_logs(),
            cors=[s3.CorsRule(allowed_methods=[s3.HttpMethods.POST], allowed_origins=["*"], allowed_headers=["*"])],
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                    noncurrent_version_expiration=cdk.Duration.days(30),
                )
            ],
        )
        _announce(self.images, self.uploads)
        self.http_api = _http_api(self)
        self.public_url = public_url or self.http_api.api_endpoint
        self.user_pool = _user_pool(self) if auth == "cognito" else None
        self.user_pool_client = _client(self.user_pool) if self.user_pool else None
        self.authorizer = _authorizer(self.user_pool, self.user_pool_client)
        self._upload(detectors, loopback, vendor)
        self._outputs()

    def _queue(self, construct_id: str, **more: Any) -> sqs.Queue:
        return sqs.Queue(
            self, construct_id, enforce_ssl=self.enforce_ssl, encryption=sqs.QueueEncryption.SQS_MANAGED, **more
        )

    def _bucket(self, construct_id: str, **more: Any) -> s3.Bucket:
        return s3.Bucket(
            self,
            construct_id,
            enforce_ssl=self.enforce_ssl,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            **more,
        )

    def _access_logs(self) -> s3.Bucket:
        """Who read and wrote which picture, for ninety days."""
        return self._bucket("ImagesAccessLogs", lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(90))])

    def _upload(self, detectors: Sequence[str], loopback: bool, vendor: bool) -> None:
        upload = PythonFunction(
            self,
            "Upload",
            code=bundle(
                self, "api", ("api/runtime", "domain", "wire"), ROOT / "api/requirements.txt" if vendor else None
            ),
            handler="api.runtime.upload.handler",
            environment={
                "IMAGES_BUCKET": self.images.bucket_name,
                "DETECTORS": ",".join(detectors),
                "PUBLIC_URL": self.public_url,
                "LOOPBACK": str(loopback).lower(),
            },
        )
        upload.may(["s3:PutObject"], self.images.arn_for_objects("images/*"))
        add_routes(self, self, upload, "GET /", "POST /images", "POST /uploads", *_OPEN_ROUTES)

    def _outputs(self) -> None:
        cdk.CfnOutput(self, "ApiUrl", value=self.public_url)
        cdk.CfnOutput(self, "ImagesBucket", value=self.images.bucket_name)
        cdk.CfnOutput(self, "UploadsQueueUrl", value=self.uploads_queue.queue_url)
        if self.user_pool and self.user_pool_client:
            cdk.CfnOutput(self, "UserPoolId", value=self.user_pool.user_pool_id)
            cdk.CfnOutput(self, "UserPoolClientId", value=self.user_pool_client.user_pool_client_id)


def add_routes(scope: Construct, api: APIStack, function: lambda_.Function, *route_keys: str) -> None:
    """Answer these route keys ("GET /images/{image_id}") with the function; a token is wanted where auth is on."""
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
            authorizer=None if key in _OPEN_ROUTES else api.authorizer,
        )


def _let_buckets_publish(uploads: sns.Topic) -> None:
    """Admit this account's buckets.

    Not one bucket by its ARN: the policy must stand before the bucket announces to the topic, so it cannot name it.
    The topic is not encrypted with KMS: S3 could publish only under a customer key, and the messages hold no more
    than keys and sizes; the queues behind are encrypted.
    """
    uploads.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("s3.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[uploads.topic_arn],
            conditions={
                "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID},
                "ArnLike": {"aws:SourceArn": f"arn:{cdk.Aws.PARTITION}:s3:::*"},
            },
        )
    )


def _announce(bucket: s3.Bucket, uploads: sns.Topic) -> None:
    """Tell the topic of every new object, whoever put it; derived pictures will need a bucket of their own.

    At the L1 level, because the L2 notification brings a helper function with a managed policy.
    """
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        topic_configurations=[
            s3.CfnBucket.TopicConfigurationProperty(event="s3:ObjectCreated:*", topic=uploads.topic_arn)
        ]
    )
    bucket.node.add_dependency(uploads.node.find_child("Policy"))


def _http_api(scope: Construct) -> apigateway.HttpApi:
    http_api = apigateway.HttpApi(
        scope,
        "HttpApi",
        create_default_stage=False,
        cors_preflight=apigateway.CorsPreflightOptions(
            allow_origins=["*"],
            allow_methods=[apigateway.CorsHttpMethod.ANY],
            allow_headers=["authorization", "content-type"],
            expose_headers=["location"],
            max_age=cdk.Duration.hours(1),
        ),
    )
    stage = apigateway.HttpStage(
        scope,
        "Stage",
        http_api=http_api,
        stage_name="$default",
        auto_deploy=True,
        throttle=apigateway.ThrottleSettings(rate_limit=100, burst_limit=200),
    )
    _log_access(stage)
    return http_api


def _log_access(stage: apigateway.HttpStage) -> None:
    log_group = logs.LogGroup(
        stage, "AccessLogs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
    )
    resource = stage.node.default_child
    assert isinstance(resource, apigateway.CfnStage)
    resource.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
        destination_arn=log_group.log_group_arn,
        format=json.dumps({name.rsplit(".")[-1]: f"$context.{name}" for name in _LOGGED}),
    )


def _user_pool(scope: Construct) -> cognito.UserPool:
    """People an administrator invites: recognition costs money, so strangers do not sign themselves up."""
    return cognito.UserPool(
        scope,
        "Users",
        sign_in_aliases=cognito.SignInAliases(email=True),
        self_sign_up_enabled=False,
        account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
        password_policy=cognito.PasswordPolicy(
            min_length=12, require_lowercase=True, require_uppercase=True, require_digits=True, require_symbols=True
        ),
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )


def _client(user_pool: cognito.UserPool) -> cognito.UserPoolClient:
    return user_pool.add_client(
        "Client",
        auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
        generate_secret=False,
        prevent_user_existence_errors=True,
        disable_o_auth=True,
    )


def _authorizer(
    user_pool: cognito.UserPool | None, client: cognito.UserPoolClient | None
) -> HttpUserPoolAuthorizer | None:
    return HttpUserPoolAuthorizer("SignedIn", user_pool, user_pool_clients=[client]) if user_pool and client else None
