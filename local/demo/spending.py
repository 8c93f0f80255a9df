"""The paid, saved and refused calls of Rekognition, as the demo prints them."""

import requests

from local.demo.api import Api, Totals


def spending(api: Api, rekognition: str) -> str:
    """Return the calls of Rekognition, their price and the savings; `rekognition` is the URL of the stand-in."""
    total: Totals = api.call("GET", "/images/stats")["total"]
    saved, dollars = total["rekognition_calls_saved"], total["dollars"]
    throttled = requests.get(rekognition, timeout=10).json()["throttled"]
    return "\n".join(
        [
            "Rekognition is a stand-in on this machine, which answers by the bundled models and costs nothing.",
            f"  paid    {_calls(total['rekognition_calls'])}, ${dollars['spent']:.3f} at Amazon's list price",
            f"  saved   {_calls(saved['by_cascade'] + saved['by_reuse'])}, ${dollars['saved']:.3f}"
            f" ({saved['by_cascade']} by the cascade, {saved['by_reuse']} by the result cache)",
            *([f"  refused {_calls(throttled)} as throttled; their images are retried later"] if throttled else []),
        ]
    )


def _calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number} calls"
