"""The workspace of a request that names none, as MLflow's clients before 3.x and plain curl cannot or do not.

A caller who has one is served there. Others are asked to name one: MLflow would take `default`, which is
nobody's.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from starlette.responses import JSONResponse
from starlette.types import Scope

HEADER: Final = "x-mlflow-workspace"
# What clients ask. Pages ask below /ajax-api, behind a login proxy too, which shows a token. What lists
# the workspaces, and what a client asks before it knows of any, is of none.
_OF_ONE: Final = re.compile(
    r"/api/[^/]+/mlflow(?!/(?:workspaces|server-info)(?:/|$))(?:-artifacts)?/|/v1/traces$"
)


class Unnamed(Exception):
    """A request without a workspace, of somebody who has several; the message lists them."""


def in_workspace(scope: Scope, named: str, workspaces: Callable[[], Sequence[str]]) -> Scope:
    """The request in the workspace that it names, or in the caller's only one; raises Unnamed."""
    if named.strip() or not _OF_ONE.match(scope["path"]):
        return scope
    known = workspaces()
    if len(known) != 1:
        raise Unnamed(
            f"name a workspace: {', '.join(known) or 'you have none'}. In MLflow 3 by MLFLOW_WORKSPACE, else "
            "by the header X-MLFLOW-WORKSPACE"
        )
    others = [pair for pair in scope["headers"] if pair[0].lower() != HEADER.encode()]
    return {**scope, "headers": [*others, (HEADER.encode(), known[0].encode())]}


def unnamed(error: Unnamed) -> JSONResponse:
    """The refusal as MLflow's clients show it."""
    return JSONResponse({"error_code": "INVALID_PARAMETER_VALUE", "message": str(error)}, 400)
