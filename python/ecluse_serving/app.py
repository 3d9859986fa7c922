"""The HTTP interface of the model server."""

import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ecluse_identity.claims import Principal, Refused
from ecluse_identity.verify import Verifier, bearer
from ecluse_models.model import ModelError
from ecluse_serving.champion import Champion, Holder, LoadError
from ecluse_serving.log import LogError, prediction_table, write_predictions
from ecluse_serving.records import Invalid, parse_batch
from ecluse_serving.settings import Settings

MAX_BODY_BYTES = 8 * 1024 * 1024
_log = logging.getLogger("ecluse.access")


class _Answer(Exception):
    """Ends a request with a status and a reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class Server:
    """The endpoints."""

    verifier: Verifier
    holder: Holder
    settings: Settings

    async def health(self, _request: Request) -> Response:
        """Open to all: it runs, which version serves, and nothing that is secret."""
        return JSONResponse(self._state())

    async def ready(self, _request: Request) -> Response:
        """As health, but 503 until the registry was asked: before, it would refuse what others score."""
        return JSONResponse(self._state(), 200 if self.holder.answered else 503)

    def _state(self) -> dict[str, str | None]:
        champion, reason = self.holder.champion, self.holder.reason
        return {
            "version": champion.version if champion else None,
            "last_reload": "refused" if reason else "ok",
        }

    async def champion(self, request: Request) -> Response:
        """The version and commit that serve, to any verified caller."""
        await self._caller(request)
        return _described(self._present())

    async def reload(self, request: Request) -> Response:
        """Loads the present champion, for the platform's release only; 409 keeps the former one."""
        caller = await self._caller(request)
        if caller.role != "release":
            raise _Answer(403, f"{caller.name} may not reload; the platform's release does")
        try:
            return _described(await to_thread.run_sync(self.holder.reload))
        except LoadError as error:
            kept = self.holder.champion
            served = f"version {kept.version} goes on serving" if kept else "nothing serves"
            raise _Answer(409, f"{error}; {served}") from None

    async def score(self, request: Request) -> Response:
        """Scores a batch, and answers only when it is logged."""
        caller = await self._caller(request)
        if not any(fnmatchcase(caller.name, pattern) for pattern in self.settings.callers):
            raise _Answer(403, f"{caller.name} may not score; ECLUSE_SERVING_CALLERS names who may")
        champion, body = self._present(), await _body(request)
        return JSONResponse(await to_thread.run_sync(self._score, champion, body))

    def _score(self, champion: Champion, body: bytes) -> dict[str, object]:
        try:
            batch = parse_batch(body, champion.model.inputs)
            scores = [float(score) for score in champion.model.score(batch.inputs)]
            ids = [str(uuid.uuid4()) for _ in scores]
            table = prediction_table(batch, champion.version, scores, ids)
            write_predictions(self.settings.inference, self.settings.use_case, batch, table)
        except Invalid as error:
            raise _Answer(422, str(error)) from None
        except (LogError, ModelError) as error:
            raise _Answer(503, str(error)) from None
        rows = zip(ids, batch.ids, scores, strict=True)
        predictions = [{"prediction_id": p, "id": i, "score": s} for p, i, s in rows]
        return {"model_version": champion.version, "predictions": predictions}

    def _present(self) -> Champion:
        if self.holder.champion is None:
            raise _Answer(503, f"no champion serves: {self.holder.reason}")
        return self.holder.champion

    async def _caller(self, request: Request) -> Principal:
        token = bearer(request.headers.get("authorization"))
        try:
            if token is None:
                raise Refused("no bearer token")
            # Keys may have to be fetched: never on the event loop.
            principal = (await to_thread.run_sync(self.verifier.verify, token)).principal
        except Refused as refusal:
            raise _Answer(401, f"not authenticated: {refusal}") from None
        served = self.settings.use_case
        if principal.use_case not in ("*", served):
            raise _Answer(403, f"{principal.name} is of use case {principal.use_case}, not {served}")
        return principal


def _described(champion: Champion) -> Response:
    described = {"version": champion.version, "commit": champion.commit}
    return JSONResponse({**described, "data_version": champion.data_version})


async def _body(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise _Answer(413, f"a request has at most {MAX_BODY_BYTES} bytes; send smaller batches")
        chunks.append(chunk)
    return b"".join(chunks)


def _answered(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except _Answer as answer:
            _log.warning("%s %s %s: %s", request.method, request.url.path, answer.status, answer)
            headers = {"WWW-Authenticate": "Bearer"} if answer.status == 401 else None
            return JSONResponse({"error": str(answer)}, answer.status, headers)

    return answered


def create_app(server: Server) -> Starlette:
    """The application of a server."""
    return Starlette(
        routes=[
            Route("/health", server.health),
            Route("/ready", server.ready),
            Route("/champion", _answered(server.champion)),
            Route("/reload", _answered(server.reload), methods=["POST"]),
            Route("/score", _answered(server.score), methods=["POST"]),
        ]
    )
