"""The resources that every room of IntegrationStack builds on."""

from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from api.infrastructure import ApiResources
from settings import Settings


@dataclass(frozen=True, slots=True)
class Unit:
    """The scope of new constructs, the settings, the functions' zip, and the resources of APIStack."""

    scope: Construct
    settings: Settings
    code: lambda_.Code
    api: ApiResources
