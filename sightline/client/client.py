"""The client of a Sightline deployment."""

from types import TracebackType
from typing import Self, Unpack

from sightline.client.access.account import Account
from sightline.client.access.endpoint import Endpoint
from sightline.client.pictures.picture import PictureSource
from sightline.client.resources.classifier import Classifier, Drawn
from sightline.client.resources.images import Images
from sightline.client.resources.webhooks import Deliveries, Webhooks
from sightline.client.schemas.collections import ModelList, Stats
from sightline.client.schemas.image import Recognition
from sightline.client.schemas.queries import ClassifyOptions, Time
from sightline.client.transport.api import Api


class Client:
    """The calls to one deployment; every one is retried where a retry may help.

        from sightline import Client

        with Client() as client:
            image = client.images.upload("cat.jpg")
            print(client.images.wait(image["image_id"])["recognition"]["detections"])

    `api` is the base URL; without it, that of SIGHTLINE_API, else that of the deployment which `make run` started in
    this folder or one above it. `token` is an access token; without it, that of SIGHTLINE_TOKEN, else that of
    `sightline login` or of the local deployment's demo user, which is refreshed before it ends. `connections` is the
    most connections that are kept open: use as many threads.

    Results are the API's JSON as typed dictionaries, with the field names of docs/api.md. A call that fails raises a
    Problem: InvalidRequest, NotSignedIn, NotFound, Conflict, QuotaExceeded, Unavailable and others. The constructor
    raises EndpointError. A client may be used by several threads.
    """

    def __init__(self, api: str | None = None, token: str | None = None, *, connections: int = 4) -> None:
        self.endpoint = Endpoint.find(api, token)
        self._account = Account(self.endpoint)
        self._api = Api(self.endpoint.url, self._account.token, connections)
        self._classifier = Classifier(self._api)
        self.images = Images(self._api)
        self.webhooks = Webhooks(self._api)
        self.deliveries = Deliveries(self._api)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def classify(self, picture: PictureSource, **options: Unpack[ClassifyOptions]) -> Recognition:
        """Recognize a picture of up to 4.5 MB at once, by the edge model; nothing is stored. A URL is fetched here."""
        return self._classifier.classify(self._classifier.read(picture), options)

    def classify_and_draw(self, picture: PictureSource, **options: Unpack[ClassifyOptions]) -> Drawn:
        """Recognize a picture as `classify` does, and draw the detections on it; needs Pillow."""
        return self._classifier.classify_and_draw(picture, options)

    def models(self) -> ModelList:
        """Return the detectors and models that can be requested, and the bundles that cannot be used."""
        models: ModelList = self._api.get("/models")
        return models

    def stats(self, *, since: Time | None = None, until: Time | None = None) -> Stats:
        """Return your usage per day, from the day `since` (thirty days ago) to the one before `until` (today)."""
        stats: Stats = self._api.get("/images/stats", {"since": since, "until": until})
        return stats

    @property
    def user(self) -> str | None:
        """The user whose stored sign-in is used; None without one."""
        return self._account.user

    def sign_in(self, user: str, password: str, *, new_password: str | None = None) -> None:
        """Sign in at the deployment's user pool and store the tokens for this and later clients.

        An invited user chooses a `new_password` at the first sign-in; without one, NewPasswordRequired is raised.
        """
        self._account.sign_in(user, password, new_password, lambda: self._api.get("/openapi.json"))

    def sign_out(self) -> str | None:
        """Revoke the tokens of the stored sign-in and forget them; returns the user, or None."""
        return self._account.sign_out()

    def pause(self, seconds: float) -> None:
        """Wait; raises Interrupted if `interrupt` is called meanwhile."""
        self._api.pause(seconds)

    def interrupt(self) -> None:
        """Let the calls of other threads end early: their delays, and files that are being sent, raise Interrupted."""
        self._api.interrupted.set()

    @property
    def is_interrupted(self) -> bool:
        """True after `interrupt`."""
        return self._api.interrupted.is_set()
