"""The program: parse the command line, run the command, and print the problem if the command fails."""

import os
import sys
from collections.abc import Sequence

from sightline.client.api import Api
from sightline.client.endpoint import TOKEN, Endpoint, EndpointError
from sightline.client.problem import Problem
from sightline.command_line import parse
from sightline.output.text import prepare_streams, print_problem

_SIGN_IN = f"This deployment requires a valid token: pass it in {TOKEN} or --token."
_HINTS = {
    "no_such_webhook": "Run sightline webhooks list to see your webhooks.",
    "webhook_disabled": "Run sightline webhooks enable to resume its deliveries.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    prepare_streams()
    parsed = parse(arguments)
    try:
        api = Api(Endpoint.find(parsed.api, parsed.token), parsed.parallel)
        return int(parsed.run(api, parsed))
    except EndpointError as error:
        print(f"sightline: {error}", file=sys.stderr)
        return 2
    except Problem as problem:
        print_problem("sightline", problem)
        if problem.code in _HINTS or problem.status == 401:
            print(_HINTS.get(problem.code, _SIGN_IN), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # gives the last flush somewhere to write
        return 1


if __name__ == "__main__":
    sys.exit(main())
