"""Keeps stock MLflow clients authenticated by tokens that are renewed while they run."""

import os
from collections.abc import Callable
from pathlib import Path

from mlflow.tracking.request_auth import registry
from mlflow.tracking.request_auth.abstract_request_auth_provider import RequestAuthProvider
from requests import PreparedRequest
from requests.auth import AuthBase

_NAME = "ecluse"


class _FreshToken(AuthBase):
    """Asks for the token at each request, so that a renewed one is used at once."""

    def __init__(self, source: Callable[[], str]) -> None:
        self._source = source

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["Authorization"] = f"Bearer {self._source()}"
        return r


def use_tokens(source: Callable[[], str]) -> None:
    """Makes every MLflow call of this process carry the token that `source` gives at that moment."""

    class Provider(RequestAuthProvider):
        def get_name(self) -> str:  # pyright: ignore[reportIncompatibleMethodOverride] - untyped there
            return _NAME

        def get_auth(self) -> AuthBase:  # pyright: ignore[reportIncompatibleMethodOverride]
            return _FreshToken(source)

    providers = registry._request_auth_provider_registry  # pyright: ignore[reportPrivateUsage]
    registered = providers._registry  # pyright: ignore[reportPrivateUsage]
    registered[:] = [p for p in registered if p.get_name() != _NAME]
    providers.register(Provider)
    os.environ["MLFLOW_TRACKING_AUTH"] = _NAME


def use_projected_token() -> None:
    """Uses the token in the file `ECLUSE_TRACKING_TOKEN_FILE`, read before each call; KeyError when unset."""
    path = Path(os.environ["ECLUSE_TRACKING_TOKEN_FILE"])
    use_tokens(lambda: path.read_text().strip())
