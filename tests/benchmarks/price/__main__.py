"""Print what a month costs: `python -m tests.benchmarks.price farm`, or with flags; without arguments, all tables."""

import argparse
import sys

from sightline.pricing.quote import add_arguments, quote, usage_of


def main() -> None:
    """Print the quote that the command line describes, or the tables of docs/costs.md."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.price", description=__doc__)
    add_arguments(parser)
    parsed = parser.parse_args()
    if len(sys.argv) > 1:
        print("\n".join(quote(usage_of(parsed))))
    else:
        from tests.benchmarks.price.tables import tables  # synthesizes the templates

        print("\n\n".join(tables().values()))


if __name__ == "__main__":
    main()
