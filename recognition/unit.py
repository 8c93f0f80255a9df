"""The resources that every room of RekognitionStack uses."""

from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from api.infrastructure import ApiResources
from recognition.detectors.infrastructure import Detectors
from recognition.results.infrastructure import Results
from settings import Settings


@dataclass(frozen=True, slots=True)
class Unit:
    """The scope of new constructs, the settings, the functions' zip, and the resources that several rooms use."""

    scope: Construct
    settings: Settings
    code: lambda_.Code
    api: ApiResources
    results: Results
    detectors: Detectors
