"""`sightline classify`."""

from argparse import Namespace

from sightline.client.api import Api, Query
from sightline.client.problem import Problem
from sightline.client.schemas.image import Recognition
from sightline.commands.arguments import Commands, add_min_confidence, add_model, add_pictures, add_top_k
from sightline.commands.pictures.results import print_results
from sightline.commands.pictures.sources import Source, find_sources
from sightline.commands.pictures.workers import work_through
from sightline.output.progress import bar


def register(commands: Commands) -> None:
    """Add the command."""
    about = "classify files with the edge model and show the recognitions; nothing is stored"
    parser = commands.add("classify", classify, about, "cat.jpg --model animals")
    add_pictures(parser, "a file of up to 4.5 MB, or a folder")
    add_model(parser)
    add_top_k(parser)
    add_min_confidence(parser)


def classify(api: Api, arguments: Namespace) -> int:
    """Print the recognition of each picture, or the problem with it."""
    sources = find_sources(arguments.pictures)
    query = {name: getattr(arguments, name) for name in ("model", "top_k", "min_confidence")}
    results = dict[Source, Recognition | Problem]()

    def classify_one(source: Source) -> None:
        try:
            results[source] = _recognition(api, source, query)
        except Problem as problem:
            results[source] = problem
            if problem.status == 401:
                raise

    with bar("Classifying", len(sources)) as advance:
        for _ in work_through(classify_one, sources, arguments.parallel):
            advance(1)
    ordered = {source: results[source] for source in sources}
    print_results(ordered, machine=arguments.json)
    return int(any(isinstance(result, Problem) for result in results.values()))


def _recognition(api: Api, source: Source, query: Query) -> Recognition:
    if source.is_url:
        raise Problem("no_file", "classify sends files; use upload for URLs.")
    content, content_type = source.read()
    recognition: Recognition = api.post_file("/classify", content, content_type, query)
    return recognition
