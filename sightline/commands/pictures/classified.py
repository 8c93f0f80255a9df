"""One picture that `sightline classify` has recognized, and the file with the drawn picture."""

from pathlib import Path
from typing import NamedTuple

from sightline.client.client import Client
from sightline.client.pictures.picture import url_name
from sightline.client.problem import Problem
from sightline.client.schemas.image import Recognition
from sightline.client.schemas.queries import ClassifyOptions
from sightline.commands.pictures.sources import Source
from sightline.output.summary import best_label


class Classified(NamedTuple):
    """The recognition of a picture, and the file with the drawn picture where one was asked for."""

    recognition: Recognition
    drawn: Path | None = None

    @property
    def best_label(self) -> str:
        """The best label, or `nothing`."""
        return best_label(self.recognition)


def classify_source(client: Client, source: Source, options: ClassifyOptions, *, drawn: bool) -> Classified:
    """Recognize a picture, and draw on it if `drawn`; raises Problem."""
    if source.problem:
        raise source.problem
    if not drawn:
        return Classified(client.classify(source.argument, **options))
    recognition, jpeg = client.classify_and_draw(source.argument, **options)
    return Classified(recognition, _write(jpeg, source.name or url_name(source.argument)))


def _write(jpeg: bytes, name: str) -> Path:
    """Write a drawn picture into the current folder, under a name that no file has; raises Problem."""
    stem, number = Path(name).stem, 1
    while True:
        path = Path(f"{stem}.annotated.jpg" if number == 1 else f"{stem}-{number}.annotated.jpg")
        try:
            with path.open("xb") as file:
                file.write(jpeg)
        except FileExistsError:
            number += 1
        except OSError as error:
            raise Problem("unwritable_file", f"{path}: {error.strerror or error}") from error
        else:
            return path
