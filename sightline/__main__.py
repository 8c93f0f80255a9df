"""The program: reads the command, carries it out, and says what kept it from succeeding."""

import os
import sys
from collections.abc import Sequence

from sightline.client.api import Api
from sightline.client.endpoint import TOKEN, Endpoint, EndpointError
from sightline.client.problem import Problem
from sightline.command_line import parse
from sightline.output.tables import complaint, prepare_streams

_SIGN_IN = f"This deployment wants a valid token: give one by {TOKEN} or --token."
_HINTS = {
    "no_such_webhook": "sightline webhooks list shows yours.",
    "webhook_disabled": "sightline webhooks enable has it told again.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    prepare_streams()
    given = parse(arguments)
    try:
        api = Api(Endpoint.find(given.api, given.token), given.parallel)
        return int(given.command(api, given))
    except EndpointError as error:
        print(f"sightline: {error}", file=sys.stderr)
        return 2
    except Problem as problem:
        complaint("sightline", problem)
        if problem.code in _HINTS or problem.status == 401:
            print(_HINTS.get(problem.code, _SIGN_IN), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the last flush has somewhere to go
        return 1


if __name__ == "__main__":
    sys.exit(main())
