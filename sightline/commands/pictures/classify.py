"""`sightline classify` and `models`."""

from argparse import Namespace
from typing import Any

from sightline.client.api import Api
from sightline.client.problem import Problem
from sightline.commands.pictures.sources import Source, find
from sightline.commands.pictures.workers import work_through
from sightline.output import tables as display
from sightline.output.progress import bar


def classify(api: Api, given: Namespace) -> int:
    """What the edge model sees on pictures, at once; nothing is kept."""
    sources = find(given.sources)
    query = {name: getattr(given, name) for name in ("model", "top_k", "min_confidence")}
    answers = dict[Source, Any]()

    def ask(source: Source) -> None:
        try:
            answers[source] = _answer(api, source, query)
        except Problem as problem:
            answers[source] = problem
            if problem.status == 401:
                raise

    with bar("Asking", len(sources)) as tell:
        for _ in work_through(ask, sources, given.parallel):
            tell(1)
    _show(sources, answers, machine=given.json)
    return int(any(isinstance(answer, Problem) for answer in answers.values()))


def models(api: Api, given: Namespace) -> int:
    """What can be asked for."""
    items = api.get("/models")["items"]
    if given.json:
        for model in items:
            display.machine_line(model)
        return 0
    rows = [
        (each["detector"], each["name"], each.get("version", ""), each.get("task", ""), each.get("status", ""),
         ", ".join(each.get("labels", ())[:5]))
        for each in items
    ]  # fmt: skip
    display.table(("detector", "name", "version", "task", "status", "labels"), rows)
    return 0


def _answer(api: Api, source: Source, query: dict[str, Any]) -> Any:
    if source.is_url:
        raise Problem("no_file", "classify sends files; upload takes URLs.")
    picture, content_type = source.read()
    return api.post("/classify", query, data=picture, headers={"Content-Type": content_type})


def _show(sources: list[Source], answers: dict[Source, Any], *, machine: bool) -> None:
    good = {source: answers[source] for source in sources if not isinstance(answers[source], Problem)}
    bad = {source: answers[source] for source in sources if isinstance(answers[source], Problem)}
    if machine:
        for source in sources:
            said = {"status": "failed", "error": bad[source].to_dict()} if source in bad else good[source]
            display.machine_line({"source": source.given} | said)
        return
    rows = [
        (source.given, each["label"], display.percent(each)) for source in good for each in good[source]["detections"]
    ]
    display.table(("picture", "label", "confidence"), rows)
    for source, problem in bad.items():
        display.complaint(source.given, problem)
