"""Print every figure beside its goal: `python -m tests.benchmarks [name …]`, all of them unless some are named."""

import argparse
import os
from importlib import import_module

BENCHMARKS = (
    "start",
    "calls",
    "fan_out",
    "deliver",
    "fetch",
    "guard",
    "reads",
    "edge",
    "memory",
    "fast_path",
    "servers",
    "price",
    "chain",
    "hanging",
)


def main() -> None:
    """Run the named benchmarks, one after another."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=(*BENCHMARKS, []), help=", ".join(BENCHMARKS))
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    for name in parser.parse_args().names or BENCHMARKS:
        module = import_module(f"tests.benchmarks.{name}")
        print(f"\n{name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        for figure in module.figures():
            print(f"  {figure}", flush=True)


if __name__ == "__main__":
    main()
