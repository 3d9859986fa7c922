"""The login of a notebook or terminal: MLflow asks it for a token at each call, and it renews in time.

MLflow finds it by the entry point in `ecluse_identity-*.dist-info` when `MLFLOW_TRACKING_AUTH=ecluse-login`.
Tokens come from the command in `ECLUSE_LOGIN_COMMAND` (a JSON list), as `npx ecluse login` sets it.
"""

import json
import os
import subprocess
import time

from mlflow.tracking.request_auth.abstract_request_auth_provider import RequestAuthProvider
from requests import PreparedRequest
from requests.auth import AuthBase

RENEW_SECONDS = 300
"""Tokens are good for longer (`cli/access.ts`), so that a call never carries one that ends on its way."""


class _Login(AuthBase):
    """Carries the present token; kept by the process, since MLflow asks for a provider at each call."""

    def __init__(self) -> None:
        self._token = ""
        self._since = 0.0

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        # By the clock that judges the token: another one stands still while a laptop sleeps.
        if not self._token or not 0 <= time.time() - self._since <= RENEW_SECONDS:
            command: list[str] = json.loads(os.environ["ECLUSE_LOGIN_COMMAND"])
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise PermissionError(f"the login could not be renewed: {done.stderr.strip()}")
            self._token, self._since = done.stdout.strip(), time.time()
        r.headers["Authorization"] = f"Bearer {self._token}"
        return r


_LOGIN = _Login()


class LoginProvider(RequestAuthProvider):
    """MLflow's plug for the login."""

    def get_name(self) -> str:  # pyright: ignore[reportIncompatibleMethodOverride] - untyped there
        """The name that MLFLOW_TRACKING_AUTH has."""
        return "ecluse-login"

    def get_auth(self) -> AuthBase:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What signs each request."""
        return _LOGIN
