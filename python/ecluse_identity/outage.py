"""What keeps the tracking server alive while its database is away.

Readiness depends on the database, so that callers are sent away. Life does not: a restart would bring no
database back.
"""

from contextvars import ContextVar

from anyio import fail_after, to_thread
from mlflow.entities import Workspace
from mlflow.exceptions import MlflowException
from mlflow.server import auth, fastapi_app
from mlflow.server.workspace_helpers import resolve_workspace_for_request_if_enabled
from mlflow.utils.workspace_utils import WORKSPACE_HEADER_NAME
from sqlalchemy import text
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

READY_SECONDS = 3

Resolved = Workspace | MlflowException | None

_resolved: ContextVar[Resolved] = ContextVar("ecluse_workspace")


def _ask() -> None:
    # Both databases are on one server.
    with auth.store.engine.connect() as connection:
        connection.execute(text("SELECT 1"))


async def readiness() -> PlainTextResponse:
    """200 while the database answers, else 503."""
    try:
        with fail_after(READY_SECONDS):
            await to_thread.run_sync(_ask, abandon_on_cancel=True)
    # Whatever the driver raises means that nobody can be served.
    except Exception as error:
        return PlainTextResponse(f"the database does not answer: {type(error).__name__}\n", 503)
    return PlainTextResponse("OK")


def _resolve(path: str, header: str | None) -> Resolved:
    try:
        return resolve_workspace_for_request_if_enabled(path, header)
    except MlflowException as error:
        return error


def _known(_path: str, _header: str | None) -> Workspace | None:
    resolved = _resolved.get()
    if isinstance(resolved, MlflowException):
        raise resolved
    return resolved


class Workspaces:
    """Asks for a request's workspace in a thread.

    MLflow's own middleware asks the database in the event loop, which one silent connection would hold:
    nobody would be answered then, the probe of the server's life neither.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        # Each of the two has a name of its own for it.
        for module in (fastapi_app, auth):
            setattr(module, resolve_workspace_for_request_if_enabled.__name__, _known)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] == "http":
            header = Headers(scope=scope).get(WORKSPACE_HEADER_NAME)
            _resolved.set(await to_thread.run_sync(_resolve, scope["path"], header))
        await self._app(scope, receive, send)
