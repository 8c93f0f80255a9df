"""Print what the chain does at each rate, what limits one owner, and what incidents do: `make simulate`."""

import sys

from tests.simulation.tables import tables


def main() -> None:
    """Print the tables, or those whose names are given."""
    for name, table in tables().items():
        if name in sys.argv[1:] or not sys.argv[1:]:
            print("\n".join(table), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
