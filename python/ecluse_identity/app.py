"""The hook that MLflow's auth app calls (`authorization_function`), and the guarded application."""

import functools
import os
from typing import cast

from flask import Response, g, request
from mlflow.entities import Run, RunTag
from mlflow.server import auth
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from starlette.types import ASGIApp
from werkzeug.datastructures import Authorization

from ecluse_identity.claims import Refused
from ecluse_identity.gate import Gate
from ecluse_identity.guard import Guard
from ecluse_identity.sessions import COOKIE, Sessions
from ecluse_identity.trust import parse_trust
from ecluse_identity.verify import Verifier

MAX_BODY_BYTES = 512 * 1024 * 1024


@functools.cache
def gate() -> Gate:
    """The gate of this process, from `ECLUSE_IDENTITY` and `ECLUSE_SESSION_KEY`."""
    trust = parse_trust(os.environ["ECLUSE_IDENTITY"])
    sessions = Sessions(os.environ["ECLUSE_SESSION_KEY"], trust.audience)
    return Gate(Verifier(trust), sessions, auth.store)


def authenticate() -> Authorization | Response:
    """MLflow's `authorization_function`: the caller of the current Flask request, or a 401 response."""
    try:
        principal = gate().admit(request.headers.get("Authorization"), request.cookies.get(COOKIE))
    except Refused as refusal:
        return Response(
            f"Not authenticated: {refusal}\n",
            401,
            {"WWW-Authenticate": "Bearer"},
            mimetype="text/plain",
        )
    return Authorization("bearer", {"username": principal.name})


def _sign_runs() -> None:
    """Makes the verified caller the user of each run it creates: MLflow believes what the client says."""
    create = SqlAlchemyStore.create_run

    def create_run(
        self: SqlAlchemyStore,
        experiment_id: str,
        user_id: str,
        start_time: int,
        tags: list[RunTag],
        run_name: str,
    ) -> Run:
        return create(self, experiment_id, g.mlflow_authenticated_user, start_time, tags, run_name)

    SqlAlchemyStore.create_run = create_run


def create_app() -> ASGIApp:
    """MLflow's auth app behind the guard; the environment is as `serve.py` sets it."""
    _sign_runs()
    return Guard(cast(ASGIApp, auth.create_app()), gate(), MAX_BODY_BYTES)
