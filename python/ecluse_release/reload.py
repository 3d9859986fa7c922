"""Asks the model server to load the champion that the registry names."""

import json
import time
import urllib.error
import urllib.request
from http.client import HTTPException

from ecluse_core.tls import trusting
from ecluse_release.settings import Serving

# Requests meet replicas by chance: ten times as many miss one of ten in 3 of 100,000 cases.
_ASKS_PER_REPLICA = 10
# More than one: in a window of one period each replica asks once for itself.
_WINDOW_PERIODS = 1.5
_PATIENCE_PERIODS = 10
# A reload answers when the model is fetched, verified and loaded; a question at once.
_RELOAD_SECONDS, _QUESTION_SECONDS = 120, 30


class ReloadError(Exception):
    """The model server does not serve what was released; the message holds its reason."""


def require_served(serving: Serving, version: str) -> None:
    """Has the model server load its champion; raises ReloadError unless every replica serves this version."""
    served = _served(serving, "POST", "/reload", _RELOAD_SECONDS)
    if served != version:
        raise ReloadError(f"the model server serves version {served}, not {version}")
    if serving.replicas > 1:
        _await_replicas(serving, version)


def _await_replicas(serving: Serving, version: str) -> None:
    """One replica was notified and the others poll: waits until nothing but this version is met."""
    asks = _ASKS_PER_REPLICA * serving.replicas
    patience = _PATIENCE_PERIODS * serving.champion_seconds
    end, met = time.monotonic() + patience, 0
    while met < asks:
        time.sleep(_WINDOW_PERIODS * serving.champion_seconds / asks)
        try:
            served = _served(serving, "GET", "/champion", _QUESTION_SECONDS)
            reason = f"the model server serves version {served}, not {version}"
        except ReloadError as error:
            served, reason = None, str(error)
        met = met + 1 if served == version else 0
        if met == 0 and time.monotonic() > end:
            raise ReloadError(f"{reason}, in one of its replicas after {patience} seconds")


def _served(serving: Serving, method: str, path: str, seconds: float) -> str:
    """The version that one replica says it serves; raises ReloadError."""
    headers = {"Authorization": f"Bearer {serving.token}"}
    body = b"" if method == "POST" else None
    request = urllib.request.Request(f"{serving.url}{path}", body, headers, method=method)
    try:
        # A connection of its own each time, so that a Service may choose another replica.
        context = trusting(serving.authority)
        with urllib.request.urlopen(request, timeout=seconds, context=context) as response:
            return str(json.loads(response.read())["version"])
    except urllib.error.HTTPError as error:
        raise ReloadError(f"the model server answered {error.code}: {error.read(2000).decode()}") from None
    except (OSError, HTTPException, ValueError, KeyError) as error:
        raise ReloadError(f"the model server gave no answer to {method} {path}: {error!r}") from None
