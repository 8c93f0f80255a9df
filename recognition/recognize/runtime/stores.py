"""The stores of results: current entries, earlier entries, index rows, cached results, usage counters."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Self

from recognition.recognize.runtime.usage import Usage
from recognition.results.runtime.history import History
from recognition.results.runtime.index_rows import IndexTable
from recognition.results.runtime.indexer import Indexer
from recognition.results.runtime.recognitions import Recognitions
from recognition.results.runtime.result_cache import ResultCache

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


class Stores(NamedTuple):
    """The stores that recognizing an image reads and writes."""

    recognitions: Recognitions
    history: History
    indexer: Indexer
    cache: ResultCache
    usage: Usage

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], dynamodb: "DynamoDBClient", cache: ResultCache) -> Self:
        """Open the tables that the environment names."""
        answers = environment["ANSWERS_TABLE"]
        recognitions = Recognitions(dynamodb, environment["RECOGNITIONS_TABLE"], answers)
        history = History(dynamodb, answers)
        index = IndexTable.of(environment["IMAGE_INDEX_TABLE"], environment["DETECTORS"].split(","))
        indexer = Indexer(dynamodb, index, answers, recognitions, history)
        return cls(recognitions, history, indexer, cache, Usage(dynamodb, environment["USAGE_TABLE"]))
