"""Remedies: the sentences that say what to do about a problem, by its code."""

_SIGN_IN = "This deployment requires a valid token: run sightline login, or pass a token in SIGHTLINE_TOKEN."
_MODELS = "sightline models list (client.models() in Python) lists what can be requested."
_OWN_IMAGES = "sightline list (client.images.list() in Python) lists your images."

_REMEDIES = {
    "bad_certificate": "Check the URL of the API; do not switch the check of certificates off.",
    "detector_unavailable": _MODELS,
    "file_exists": "Name another file, or move that one away.",
    "no_deployment": "Run make run, or name the API in SIGHTLINE_API.",
    "no_answer_yet": "Wait longer, or look again later: sightline watch.",
    "no_sign_in": "Leave out the sign-in: this API needs no token.",
    "no_such_delivery": "Deliveries are kept for thirty days; sightline webhooks deliveries lists those of a webhook.",
    "no_such_image": _OWN_IMAGES,
    "no_such_webhook": "Run sightline webhooks list to see your webhooks.",
    "not_an_image": "Send a JPEG, PNG, GIF, WebP, TIFF, BMP, AVIF or HEIC.",
    "not_the_api": "Check the URL: it is the output ApiUrl of the deployment, without a path of your own.",
    "quota_exceeded": "Go on after midnight UTC, or ask the operator for a higher quota.",
    "signed_out": "Run sightline login.",
    "too_large": "Send a smaller picture: 15 MiB by upload, 4.5 MB by classify.",
    "unknown_model": _MODELS,
    "unreachable": "Check the URL and the network; a deployment on this machine is started by make run.",
    "webhook_disabled": "Run sightline webhooks enable to resume its deliveries.",
    "wrong_password": "Check the name and the password, and run sightline login again.",
}


def remedy(code: str, status: int | None) -> str:
    """Return what to do about a problem with this code and HTTP status, or an empty text."""
    return _REMEDIES.get(code) or (_SIGN_IN if status == 401 else "")
