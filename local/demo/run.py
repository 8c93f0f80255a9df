"""The demo from its first step to the commands that a user may try next."""

from local import loopback
from local.demo import steps, user
from local.demo.api import Api, DemoError
from local.demo.results import table
from local.deployment import Deployment

SERVERS = ("photos", "receiver")
"""The modules of `local.demo` that serve in processes of their own."""


def run(deployment: Deployment, token: str | None) -> None:
    """Send three photographs through a deployment and print their results; raises DemoError."""
    photos, receiver = (loopback.adopt_or_start(deployment.directory, name) for name in SERVERS)
    api = Api(deployment.endpoints.api, token)
    steps.subscribe(api, receiver)
    print("Uploading three photographs by URL and waiting for their webhooks …", flush=True)
    sent = steps.upload(api, photos)
    steps.wait(api, receiver, sent)
    print(f"\n{table(sent)}\n", flush=True)
    print(_next_commands(deployment, token, photos, sent[0].image_id), flush=True)
    if problems := [photo.name for photo in sent if photo.problem]:
        raise DemoError(f"These photographs were not recognized: {', '.join(problems)}.")


def _next_commands(deployment: Deployment, token: str | None, photos: str, image_id: str) -> str:
    base = deployment.endpoints.api
    header = '-H "Authorization: Bearer $TOKEN" ' if token else ""
    lines = [
        f"The API is at {base}",
        *([f"Demo user {user.NAME}; a token for one hour:", f"  TOKEN='{token}'"] if token else []),
        "Try:",
        f"  curl {header}'{base}/images'",
        f"  curl {header}'{base}/images/{image_id}'",
        f"  curl {header}'{base}/?url={photos}/coffee.png&name=again.png'",
        f"  curl {header}-H 'Content-Type: image/jpeg' --data-binary @your.jpg '{base}/images?name=your.jpg'",
        f"  curl {header}'{base}/webhooks'",
        "End it with make stop. Its endpoints are in .local/endpoints.json, its logs in .local/logs .",
    ]
    return "\n".join(lines)
