"""The command line client of a Sightline deployment; `python -m sightline --help`."""

__version__ = "0.2.0.dev0"
