"""The program: parse the command line, run the command, and print the problem if the command fails."""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence

from sightline.client.client import Client
from sightline.client.problem import EndpointError, Problem
from sightline.command_line import parse
from sightline.output.text import prepare_streams, print_problem


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; without a command, print the help."""
    prepare_streams()
    parsed = parse(arguments)
    if parsed.run is None:
        parsed.print_help()
        return 0
    try:
        return _run(parsed)
    except Problem as problem:
        print_problem("sightline", problem)
        if problem.remedy:
            print(problem.remedy, file=sys.stderr)
        return 2 if isinstance(problem, EndpointError) else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # gives the last flush somewhere to write
        return 1


def _run(parsed: Namespace) -> int:
    with Client(parsed.api, parsed.token, connections=parsed.parallel) as client:
        return int(parsed.run(client, parsed))


if __name__ == "__main__":
    sys.exit(main())
