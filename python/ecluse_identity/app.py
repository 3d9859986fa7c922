"""The hook that MLflow's auth app calls (`authorization_function`), and the guarded application."""

from typing import cast

from flask import Response, g, request
from mlflow.server import auth
from starlette.types import ASGIApp
from werkzeug.datastructures import Authorization

from ecluse_identity.claims import Refused
from ecluse_identity.gate import Gate
from ecluse_identity.guard import Guard
from ecluse_identity.outage import Workspaces, readiness
from ecluse_identity.proxied import offer_no_addresses
from ecluse_identity.released import registered
from ecluse_identity.runs import sign_runs
from ecluse_identity.sessions import COOKIE, Sessions
from ecluse_identity.settings import ServerSettings
from ecluse_identity.verify import Verifier

MAX_BODY_BYTES = 512 * 1024 * 1024


# MLflow calls the hook below by its name: what it asks stands here from `create_app` on.
_gates: list[Gate] = []


def authenticate() -> Authorization | Response:
    """MLflow's `authorization_function`: the caller of the current Flask request, or a 401 response."""
    try:
        caller = _gates[0].admit(request.headers.get("Authorization"), request.cookies.get(COOKIE))
    except Refused as refusal:
        return Response(
            f"Not authenticated: {refusal}\n",
            401,
            {"WWW-Authenticate": "Bearer"},
            mimetype="text/plain",
        )
    g.ecluse_commit = str(caller.claims.get("sha", ""))
    return Authorization("bearer", {"username": caller.principal.name})


def create_app(settings: ServerSettings) -> ASGIApp:
    """MLflow's auth app behind the guard; once a process, whose environment is as `serve.py` sets it."""
    sign_runs()
    offer_no_addresses()
    sessions = Sessions(settings.session_key, settings.identity.audience)
    gate = Gate(Verifier(settings.identity), sessions, auth.store)
    _gates[:] = [gate]
    app = Workspaces(cast(ASGIApp, auth.create_app()))
    return Guard(app, gate, MAX_BODY_BYTES, registered, readiness)
