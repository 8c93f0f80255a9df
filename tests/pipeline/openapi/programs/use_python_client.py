"""Use the client that openapi-python-client generates, in every way that an application does.

Arguments: the API's URL, a token, a picture's file and its URL, and the URL of a receiver.
"""

import json
import sys
import time
from io import BytesIO
from pathlib import Path
from urllib.request import urlopen

from sightline_client import AuthenticatedClient
from sightline_client.api.images import export_images, get_image, list_images
from sightline_client.api.models import classify
from sightline_client.api.upload import add_image
from sightline_client.api.webhooks import add_webhook, list_webhooks, remove_webhook
from sightline_client.models import (
    EventType,
    Export,
    ExportImagesFormat,
    GetImageResponse404,
    ImageInFull,
    ListImagesResponse200,
    ListWebhooksResponse200,
    NewWebhook,
    Options,
    Queued,
    QueuedImage,
    Recognition,
    UploadByUrl,
    Wish,
)
from sightline_client.types import File

API, TOKEN, PICTURE, PICTURE_URL, RECEIVER = sys.argv[1:]
client = AuthenticatedClient(API, TOKEN)


def settled(queued: Queued) -> ImageInFull:
    """Wait until an image has an outcome."""
    while isinstance(shown := get_image.sync(queued.image_id, client=client), QueuedImage):
        time.sleep(0.2)
    assert isinstance(shown, ImageInFull), shown
    return shown


# upload: bytes, and by URL with options
by_bytes = add_image.sync(client=client, body=File(BytesIO(Path(PICTURE).read_bytes())), name="bytes.jpg")
by_url = add_image.sync(client=client, body=UploadByUrl(PICTURE_URL, name="url.png", options=Options(top_k=1)))
assert isinstance(by_bytes, Queued), by_bytes
assert isinstance(by_url, Queued), by_url
for image, name in ((settled(by_bytes), "bytes.jpg"), (settled(by_url), "url.png")):
    assert isinstance(image.recognition, Recognition)
    assert (image.name, image.recognition.detections[0].label) == (name, "cat")
    assert not image.additional_properties

# recognize at once
at_once = classify.sync(client=client, body=File(BytesIO(Path(PICTURE).read_bytes())), top_k=1)
assert isinstance(at_once, Recognition), at_once
assert at_once.detections[0].label == "cat"

# list by page, and filter
page = list_images.sync(client=client, limit=1)
assert isinstance(page, ListImagesResponse200), page
names = [listed.name for listed in page.items]
while page.next_cursor:
    page = list_images.sync(client=client, limit=1, cursor=page.next_cursor)
    assert isinstance(page, ListImagesResponse200), page
    names += [listed.name for listed in page.items]
assert sorted(names) == ["bytes.jpg", "url.png"]
found = list_images.sync(client=client, label="cat", min_confidence=0.5)
other = list_images.sync(client=client, label="goat")
assert isinstance(found, ListImagesResponse200)
assert isinstance(other, ListImagesResponse200)
assert (len(found.items), len(other.items)) == (2, 0)

# an error is a value with its code
missing = get_image.sync("img_" + "0" * 32, client=client)
assert isinstance(missing, GetImageResponse404), missing
assert (missing.status.value, missing.code.value, missing.retryable) == (404, "no_such_image", False)

# webhooks
webhook = add_webhook.sync(client=client, body=Wish(RECEIVER, events=[EventType.IMAGE_RECOGNIZED]))
assert isinstance(webhook, NewWebhook), webhook
assert webhook.secret.startswith("whsec_")
assert (webhook.url, webhook.enabled, webhook.additional_properties) == (RECEIVER, True, {})
webhooks = list_webhooks.sync(client=client)
assert isinstance(webhooks, ListWebhooksResponse200)
assert [known.webhook_id for known in webhooks.items] == [webhook.webhook_id]
assert remove_webhook.sync_detailed(webhook.webhook_id, client=client).status_code == 204

# export
export = export_images.sync(client=client, format_=ExportImagesFormat.COCO)
assert isinstance(export, Export), export
with urlopen(export.url) as file:
    assert len(json.load(file)["images"]) == export.images == 2
print("all is well")
