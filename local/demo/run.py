"""The demo from its first step to the commands that a user may try next."""

from local import loopback
from local.demo import steps, user
from local.demo.api import Api, DemoError
from local.demo.results import table
from local.demo.spending import spending
from local.deployment import Deployment

SERVERS = ("local.demo.photos", "local.demo.receiver")
"""The modules that serve in processes of their own."""


def run(deployment: Deployment, token: str | None, rekognition: str) -> None:
    """Send three photographs through a deployment and print their results; raises DemoError.

    `rekognition` is the URL of the stand-in for Rekognition.
    """
    photos, receiver = (loopback.adopt_or_start(deployment.directory, module) for module in SERVERS)
    api = Api(deployment.endpoints.api, token)
    steps.subscribe(api, receiver)
    print("Uploading three photographs by URL and waiting for their webhooks …", flush=True)
    sent = steps.upload(api, photos)
    steps.wait(api, receiver, sent)
    print(f"\n{table(sent)}\n\n{spending(api, rekognition)}\n", flush=True)
    print(_next_commands(deployment, token, photos, sent[0].image_id), flush=True)
    if problems := [photo.name for photo in sent if photo.problem]:
        raise DemoError(f"These photographs were not recognized: {', '.join(problems)}.")


def _next_commands(deployment: Deployment, token: str | None, photos: str, image_id: str) -> str:
    header = ' -H "Authorization: Bearer $TOKEN"' if token else ""
    lines = [
        "To try more, paste this:",
        f"  API={deployment.endpoints.api}",
        f"  PHOTO={photos}/cat.png",
        *([f"  TOKEN={token}"] if token else []),
        f'  curl{header} "$API/images"',
        f'  curl{header} "$API/images/{image_id}"',
        f'  curl{header} "$API/?url=$PHOTO&name=again.png"',
        f"  curl{header} -H 'Content-Type: image/jpeg' --data-binary @your.jpg \"$API/images?name=your.jpg\"",
        f'  curl{header} "$API/webhooks"',
        *([f"The token is of the user {user.NAME} and valid for an hour."] if token else []),
        "End it with make stop. Its endpoints are in .local/endpoints.json, its logs in .local/logs .",
    ]
    return "\n".join(lines)
