"""Asks the model server to load what the registry names, and what it has counted in a rollout."""

import json
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any

from ecluse_core.tls import trusting
from ecluse_release.counted import Counted
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
    served = _reloaded(serving)["version"]
    if served != version:
        raise ReloadError(f"the model server serves version {served}, not {version}")
    if serving.replicas > 1:
        _await_replicas(serving, version)


def require_challenger(serving: Serving, version: str) -> None:
    """Has the model server follow the rollout; raises ReloadError unless it has loaded the challenger.

    Other replicas follow within their period: what they do not count is not counted.
    """
    found = _reloaded(serving)
    if "challenger" not in found:
        raise ReloadError("the model server follows no rollout; bring the stack up, which has it do so")
    if (found["challenger"] or {}).get("version") != version:
        raise ReloadError(
            f"the model server has not loaded challenger {version}: {found['challenger_refused']}"
        )


def counts_of(serving: Serving) -> list[Counted]:
    """What each replica that was met has counted; raises ReloadError."""
    asks = _ASKS_PER_REPLICA * serving.replicas if serving.replicas > 1 else 1
    met: dict[str, Counted] = {}
    for _ in range(asks):
        text = _answer(serving, "GET", "/rollout", _QUESTION_SECONDS)
        try:
            counted = Counted.read(text)
        except ValueError as error:
            raise ReloadError(f"the model server gave no counts: {error}") from None
        met[counted.instance] = counted
    return list(met.values())


def _await_replicas(serving: Serving, version: str) -> None:
    """One replica was notified and the others poll: waits until nothing but this version is met."""
    asks = _ASKS_PER_REPLICA * serving.replicas
    patience = _PATIENCE_PERIODS * serving.champion_seconds
    end, met = time.monotonic() + patience, 0
    while met < asks:
        time.sleep(_WINDOW_PERIODS * serving.champion_seconds / asks)
        try:
            served = _document(serving, "GET", "/champion", _QUESTION_SECONDS)["version"]
            reason = f"the model server serves version {served}, not {version}"
        except ReloadError as error:
            served, reason = None, str(error)
        met = met + 1 if served == version else 0
        if met == 0 and time.monotonic() > end:
            raise ReloadError(f"{reason}, in one of its replicas after {patience} seconds")


def _reloaded(serving: Serving) -> dict[str, Any]:
    return _document(serving, "POST", "/reload", _RELOAD_SECONDS)


def _document(serving: Serving, method: str, path: str, seconds: float) -> dict[str, Any]:
    """What one replica says of the version that it serves; raises ReloadError."""
    try:
        found: dict[str, Any] = json.loads(_answer(serving, method, path, seconds))
        return {**found, "version": str(found["version"])}
    except (ValueError, KeyError, TypeError) as error:
        raise ReloadError(f"the model server gave no answer to {method} {path}: {error!r}") from None


def _answer(serving: Serving, method: str, path: str, seconds: float) -> bytes:
    """What one replica answers; raises ReloadError."""
    headers = {"Authorization": f"Bearer {serving.token}"}
    body = b"" if method == "POST" else None
    request = urllib.request.Request(f"{serving.url}{path}", body, headers, method=method)
    try:
        # A connection of its own each time, so that a Service may choose another replica.
        context = trusting(serving.authority)
        with urllib.request.urlopen(request, timeout=seconds, context=context) as response:
            return response.read()
    except urllib.error.HTTPError as error:
        raise ReloadError(f"the model server answered {error.code}: {error.read(2000).decode()}") from None
    except (OSError, HTTPException) as error:
        raise ReloadError(f"the model server gave no answer to {method} {path}: {error!r}") from None
