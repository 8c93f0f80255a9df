"""Print figures with their goals: `python -m tests.benchmarks [name …]`, all of them without a name."""

import argparse
import os
from importlib import import_module

BENCHMARKS = {
    "start": "start",
    "calls": "calls",
    "fan_out": "webhooks.fan_out",
    "deliver": "webhooks.deliver",
    "delivery_writes": "webhooks.delivery_writes",
    "fetch": "uploads.fetch",
    "guard": "uploads.guard",
    "reads": "reads",
    "writes": "writes",
    "edge": "edge.speed",
    "first_answer": "edge.first_answer",
    "memory": "edge.memory",
    "servers": "edge.servers",
    "price": "price.figures",
    "chain": "chain.throughput",
    "hanging": "webhooks.hanging",
}
"""The module of each benchmark, in the order in which they run."""


def main() -> None:
    """Run the named benchmarks in order."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=(*BENCHMARKS, []), help=", ".join(BENCHMARKS))
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    for name in parser.parse_args().names or BENCHMARKS:
        module = import_module(f"tests.benchmarks.{BENCHMARKS[name]}")
        print(f"\n{name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        for figure in module.figures():
            print(f"  {figure}", flush=True)


if __name__ == "__main__":
    main()
