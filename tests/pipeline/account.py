"""A deployment's AWS account: its API's routes, and S3 as one of its functions' roles."""

from typing import TYPE_CHECKING

import boto3

from local.deployment import Deployment

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client


def route_keys(deployment: Deployment) -> set[str]:
    """Return the key of every route of the deployed API but HEAD, which every GET has beside it."""
    gateway = deployment.client("apigatewayv2")
    (api,) = gateway.get_apis()["Items"]
    keys = {route["RouteKey"] for route in gateway.get_routes(ApiId=api["ApiId"], MaxResults="200")["Items"]}
    return {key for key in keys if not key.startswith("HEAD ")}


def s3_as(deployment: Deployment, function: str) -> "S3Client":
    """Return an S3 client with the credentials of the function whose logical name starts with this one."""
    roles = deployment.client("iam").list_roles()["Roles"]
    (role,) = [role for role in roles if f"-{function}Role" in role["RoleName"]]
    credentials = deployment.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")["Credentials"]
    client: S3Client = boto3.client(
        "s3",
        endpoint_url=deployment.endpoints.aws_endpoint,
        region_name=deployment.endpoints.region,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    return client
