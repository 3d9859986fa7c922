"""Asks the model server to load the champion that the registry names."""

import json
import urllib.error
import urllib.request

from ecluse_release.settings import Serving


class ReloadError(Exception):
    """The model server does not serve what was released; the message holds its reason."""


def require_served(serving: Serving, version: str) -> None:
    """Has the model server load its champion; raises ReloadError unless it serves this version then."""
    try:
        served = _reload(serving)
    except (OSError, ValueError, KeyError) as error:
        raise ReloadError(f"the model server could not be reloaded: {error!r}") from None
    if served != version:
        raise ReloadError(f"the model server serves version {served}, not {version}")


def _reload(serving: Serving) -> str:
    """Calls POST /reload; gives the version that serves now; raises OSError or ReloadError."""
    request = urllib.request.Request(
        f"{serving.url}/reload", b"", {"Authorization": f"Bearer {serving.token}"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            return str(json.loads(response.read())["version"])
    except urllib.error.HTTPError as error:
        raise ReloadError(f"the model server answered {error.code}: {error.read(2000).decode()}") from None
