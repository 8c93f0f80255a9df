"""The file formats of an export, by their names in the API."""

from collections.abc import Callable

from recognition.images.runtime.export.formats.coco_file import CocoFile
from recognition.images.runtime.export.formats.csv_file import CsvFile
from recognition.images.runtime.export.formats.export_file import ExportFile
from recognition.images.runtime.export.formats.json_file import JsonFile

FILE_FORMATS: dict[str, Callable[[], ExportFile]] = {"json": JsonFile, "csv": CsvFile, "coco": CocoFile}
