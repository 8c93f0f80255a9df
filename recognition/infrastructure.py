"""RekognitionStack: detectors, recognition results and the routes of images."""

from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from api.infrastructure import ApiResources
from infrastructure.bundles import unit_bundle
from infrastructure.functions import PythonFunction
from infrastructure.storage import output
from recognition.classify.infrastructure import classify
from recognition.detectors.infrastructure import Detectors, detectors
from recognition.images.infrastructure import images
from recognition.recognize.infrastructure import recognize, watch
from recognition.results.infrastructure import Results, results
from recognition.unit import Unit
from settings import Settings


@dataclass(frozen=True, slots=True)
class RecognitionResources:
    """The resources of RekognitionStack that later stacks use."""

    results: Results
    detectors: Detectors
    recognize: PythonFunction


class RekognitionStack(cdk.Stack):
    """The second stack: recognizes the images that APIStack receives."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, api: ApiResources, **stack: Any
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        unit = Unit(
            self,
            settings,
            unit_bundle(self, "recognition", vendor=settings.vendor),
            api,
            results(self, settings),
            detectors(self, settings, api.ingest.images),
        )
        recognizer = recognize(unit)
        images(unit)
        classify(unit)
        api.alarms.watch(self)
        watch(unit, recognizer)
        self.resources = RecognitionResources(unit.results, unit.detectors, recognizer)
        output(
            self,
            {
                "RecognitionsTable": unit.results.recognitions.table_name,
                "ModelsBucket": unit.detectors.models.bucket_name,
                "EdgeFunction": unit.detectors.edge.function_name,
            },
        )
