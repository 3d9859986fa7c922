"""The hook that MLflow's auth app calls (`authorization_function`), and the guarded application."""

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
from ecluse_identity.settings import ServerSettings
from ecluse_identity.verify import Verifier

MAX_BODY_BYTES = 512 * 1024 * 1024


# MLflow calls the hook below by its name: what it asks stands here from `create_app` on.
_gates: list[Gate] = []


def authenticate() -> Authorization | Response:
    """MLflow's `authorization_function`: the caller of the current Flask request, or a 401 response."""
    try:
        principal = _gates[0].admit(request.headers.get("Authorization"), request.cookies.get(COOKIE))
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


def create_app(settings: ServerSettings) -> ASGIApp:
    """MLflow's auth app behind the guard; once a process, whose environment is as `serve.py` sets it."""
    _sign_runs()
    sessions = Sessions(settings.session_key, settings.identity.audience)
    gate = Gate(Verifier(settings.identity), sessions, auth.store)
    _gates[:] = [gate]
    return Guard(cast(ASGIApp, auth.create_app()), gate, MAX_BODY_BYTES)
