"""`python -m edge_ml add <model.onnx>`: onboard a model of your own. See docs/own-model.md."""

import argparse
import sys

from edge_ml.onboarding.add import add
from edge_ml.onboarding.command import add_command, add_request
from edge_ml.serving.trial.trial_error import TrialError


def main() -> int:
    """Run the command and return its exit status; without a command, print the help."""
    parser = argparse.ArgumentParser(prog="python -m edge_ml", description="The custom models of this deployment.")
    add_command(parser.add_subparsers(dest="command", metavar="command"))
    arguments = parser.parse_args()
    if arguments.command is None:
        parser.print_help()
        return 0
    try:
        add(add_request(arguments), print)
    except TrialError as error:
        print(f"Refused ({error.code}): {error.detail}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
