"""`sightline classify`."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.problem import Problem
from sightline.client.schemas.queries import ClassifyOptions
from sightline.commands.arguments import Commands, add_min_confidence, add_model, add_pictures, add_top_k
from sightline.commands.pictures.classified import Classified, classify_source
from sightline.commands.pictures.results import print_results
from sightline.commands.pictures.sources import Source, find_sources
from sightline.commands.pictures.totals import FAILED, print_totals
from sightline.commands.pictures.workers import work_through
from sightline.output.progress import bar


def register(commands: Commands) -> None:
    """Add the command."""
    about = "classify files and URLs with the edge model and show the recognitions; nothing is stored"
    parser = commands.add("classify", classify, about, "cat.jpg --model animals --draw")
    add_pictures(parser, "a file or URL of up to 4.5 MB, or a folder")
    add_model(parser)
    add_top_k(parser)
    add_min_confidence(parser)
    drawn = "write each picture with its detections drawn on it into the current folder, as <name>.annotated.jpg"
    parser.add_argument("--draw", action="store_true", help=drawn)


def classify(client: Client, arguments: Namespace) -> int:
    """Print the recognition of each picture, or the problem with it."""
    sources = find_sources(arguments.pictures)
    options = ClassifyOptions(model=arguments.model, top_k=arguments.top_k, min_confidence=arguments.min_confidence)
    results = dict[Source, Classified | Problem]()

    def classify_one(source: Source) -> None:
        try:
            results[source] = classify_source(client, source, options, drawn=arguments.draw)
        except Problem as problem:
            results[source] = problem
            if problem.status == 401:
                raise

    with bar("Classifying", len(sources.found)) as advance:
        for _ in work_through(classify_one, sources.found, arguments.parallel):
            advance(1)
    ordered = {source: results[source] for source in sources.found}
    print_results(ordered, machine=arguments.json)
    print_totals(sources, map(_label, ordered.values()), machine=arguments.json)
    return int(any(isinstance(result, Problem) for result in results.values()))


def _label(result: Classified | Problem) -> str:
    """Return the best label of a picture, or the word for a failure."""
    return FAILED if isinstance(result, Problem) else result.best_label
