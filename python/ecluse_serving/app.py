"""The HTTP interface of the model server."""

import asyncio
import json
import logging
import re
import threading
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import count

from anyio import fail_after, to_thread
from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ecluse_identity.claims import Principal, Refused
from ecluse_identity.verify import bearer
from ecluse_models.model import ModelError
from ecluse_serving.answers import answers_of
from ecluse_serving.batching import Batcher, Busy, Scored
from ecluse_serving.callers import Callers
from ecluse_serving.champion import Champion, Holder, LoadError
from ecluse_serving.explaining import Explainer, Unexplained, is_asked
from ecluse_serving.labels import parse_labels, write_labels
from ecluse_serving.log import LogError
from ecluse_serving.metrics import Metrics
from ecluse_serving.once import KeyReused, Once
from ecluse_serving.openapi import document
from ecluse_serving.openapi_page import HEADERS, page
from ecluse_serving.records import Batch, Invalid, parse_batch, shown
from ecluse_serving.rollout import Rollout
from ecluse_serving.settings import Settings
from ecluse_serving.shipping import Shipper

MAX_BODY_BYTES = 8 * 1024 * 1024
BODY_SECONDS = 30
SCORE_SECONDS = 100
"""A model that hangs is ended after 30 seconds, and what waited with it is scored again, each alone."""
# More than a body may have is thrown away: a client that still sends would not see why it is refused.
_READ_BYTES = 4 * MAX_BODY_BYTES
# One of so many is parsed before a thread would have begun.
_SMALL_BYTES = 16 * 1024
# A body of small objects takes twenty times its bytes while it is parsed.
_PARSING = threading.Semaphore(2)
_LETTERS = "letters, digits and . _ : -"
_NAME = re.compile("[A-Za-z0-9._:-]{1,128}")
# A random id for each request would cost a call of the kernel.
_START, _numbers = uuid.uuid4().hex[:12], count(1)
_log = logging.getLogger("ecluse.access")


class _Answer(Exception):
    """Ends a request with a status and a reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class Server:
    """The endpoints."""

    callers: Callers
    holder: Holder
    settings: Settings
    batcher: Batcher
    shipper: Shipper
    once: Once = field(default_factory=Once)
    explainer: Explainer = field(default_factory=Explainer)
    metrics: Metrics | None = None
    """What Prometheus reads at `/metrics`; None where nobody does."""
    rollout: Rollout | None = None
    """What follows a challenger; None where the stack wants no rollouts."""

    async def health(self, _request: Request) -> Response:
        """Open to all: it runs, which version serves, and nothing that is secret."""
        return JSONResponse(self._state())

    async def ready(self, _request: Request) -> Response:
        """As health, but 503 while it is not known who is champion: it would refuse what others score."""
        return JSONResponse(self._state(), 200 if self.holder.is_ready else 503)

    def _state(self) -> dict[str, str | None]:
        champion, reason = self.holder.champion, self.holder.reason
        return {
            "version": champion.version if champion else None,
            "last_reload": "refused" if reason else "ok",
        }

    async def read_metrics(self, _request: Request) -> Response:
        """Open to all that reach the port: what the server does in numbers, nothing of a row or a caller."""
        assert self.metrics
        return Response(self.metrics.text(), media_type=CONTENT_TYPE)

    async def champion(self, request: Request) -> Response:
        """The version and commit that serve, the kind of model, what confines it; to any verified caller."""
        await self._caller(request)
        return self._described(self._present())

    def _described(self, champion: Champion) -> Response:
        model = champion.model
        described = {"version": champion.version, "commit": champion.commit}
        trained = {"kind": model.kind, "format": model.format, "data_version": champion.data_version}
        challenger = self.rollout.described() if self.rollout else {}
        return JSONResponse({**described, **trained, "confinement": model.confinement, **challenger})

    async def counts(self, request: Request) -> Response:
        """What was counted in the present stage of a rollout, to any verified caller."""
        assert self.rollout
        await self._caller(request)
        return Response(self.rollout.counted().model_dump_json(), media_type="application/json")

    async def openapi(self, request: Request) -> Response:
        """What may be asked, with the inputs of the model that serves, to any verified caller."""
        await self._caller(request)
        return JSONResponse(document(self._present()))

    async def docs(self, request: Request) -> Response:
        """The same as a page for people."""
        await self._caller(request)
        return Response(page(document(self._present())), 200, HEADERS, "text/html")

    async def reload(self, request: Request) -> Response:
        """Loads the present champion, for the platform's release only; 409 keeps the former one."""
        caller = await self._caller(request)
        if caller.role != "release":
            raise _Answer(403, f"{caller.name} may not reload; the platform's release does")
        try:
            champion = await to_thread.run_sync(self.holder.reload)
        except LoadError as error:
            kept = self.holder.champion
            served = f"version {kept.version} goes on serving" if kept else "nothing serves"
            raise _Answer(409, f"{error}; {served}") from None
        if self.rollout:
            await to_thread.run_sync(self.rollout.refresh)
        return self._described(champion)

    async def score(self, request: Request) -> Response:
        """Scores a batch, and answers only when it is logged; once for all requests of a caller's key."""
        caller = await self._scorer(request, "score")
        key, champion, body = _key(request), self._present(), await _body(request)
        backdates, explains = _listed(caller, self.settings.backdaters), _explains(request)
        if key is None:
            batch = await _parsed(body, champion, backdates)
            answer, timing = await self._scored(champion, batch, explains)
            return _json(answer, {"Server-Timing": timing})

        async def ask() -> bytes:
            batch = await _parsed(body, champion, backdates, f"{caller.name} {key}")
            return (await self._scored(champion, batch, explains))[0]

        try:
            # With and without explanations are two requests; no body begins so.
            whole = b"explain\n" + body if explains else body
            answer, replayed = await self.once.answer(caller.name, key, whole, ask)
        except KeyReused as error:
            raise _Answer(422, str(error)) from None
        return _json(answer, {"Idempotency-Replayed": "true"} if replayed else {})

    async def _scored(self, champion: Champion, batch: Batch, explains: bool) -> tuple[bytes, str]:
        """The body of an answer, and its `Server-Timing`."""
        try:
            with fail_after(SCORE_SECONDS):
                # Before: what cannot be explained leaves no prediction that nobody got.
                why = await self.explainer.explain(champion, batch) if explains else []
                champion, scored = await self._asked(champion, batch, explains)
        except Invalid as error:
            raise _Answer(400, str(error)) from None
        except Unexplained as error:
            raise _Answer(409, str(error)) from None
        except (Busy, LogError, ModelError) as error:
            raise _Answer(503, str(error)) from None
        except TimeoutError:
            raise _Answer(503, f"no scores within {SCORE_SECONDS} seconds; send these again later") from None
        if self.metrics:
            self.metrics.scored(len(scored.ids))
        answers = answers_of(scored.scores, champion.model.classes)
        rows = zip(scored.ids, batch.ids, answers, strict=True)
        predictions = [{"prediction_id": p, "id": i, **answer} for p, i, answer in rows]
        if why:
            predictions = [{**each, "explanation": its} for each, its in zip(predictions, why, strict=True)]
        answer = {"model_version": champion.version, "predictions": predictions}
        timing = ", ".join(f"{step};dur={seconds * 1000:.1f}" for step, seconds in scored.seconds.items())
        return json.dumps(answer, separators=(",", ":")).encode(), timing

    async def _asked(self, champion: Champion, batch: Batch, explained: bool) -> tuple[Champion, Scored]:
        """The scores of a request, and who gave them: a challenger that is chosen and does not fail.

        What was explained is the champion's score.
        """
        found = self.rollout.chosen(champion, batch) if self.rollout and not explained else None
        failed = False
        if self.rollout and found:
            try:
                return found.version, await asyncio.wrap_future(
                    self.rollout.batcher.ask(found.version, batch)
                )
            except Busy:
                found.counts.drop()
            except ModelError as error:
                _log.warning("version %s failed, and the champion answers: %s", found.version.version, error)
                failed = True
        scored = await asyncio.wrap_future(self.batcher.ask(champion, batch))
        if found and failed:
            found.counts.failed()
        return champion, scored

    async def flush(self, request: Request) -> Response:
        """Answers when the store has every prediction that was given before, for who reads them there."""
        await self._scorer(request, "flush")
        try:
            await to_thread.run_sync(self.shipper.ship)
        except LogError as error:
            raise _Answer(503, str(error)) from None
        return JSONResponse({"flushed": True})

    async def labels(self, request: Request) -> Response:
        """Takes what predictions turned out to be, and answers only when that is kept."""
        await self._scorer(request, "label")
        return JSONResponse({"labels": await to_thread.run_sync(self._label, await _body(request))})

    def _label(self, body: bytes) -> int:
        try:
            with _PARSING:
                champion = self.holder.champion
                table = parse_labels(body, champion.model.classes if champion else ())
            write_labels(self.settings.inference, self.settings.use_case, table)
        except Invalid as error:
            raise _Answer(400, str(error)) from None
        except LogError as error:
            raise _Answer(503, str(error)) from None
        return table.height

    def _present(self) -> Champion:
        if self.holder.champion is None:
            raise _Answer(503, f"no champion serves: {self.holder.reason}")
        return self.holder.champion

    async def _scorer(self, request: Request, does: str) -> Principal:
        caller = await self._caller(request)
        if not _listed(caller, self.settings.callers):
            raise _Answer(403, f"{caller.name} may not {does}; ECLUSE_SERVING_CALLERS names who may")
        return caller

    async def _caller(self, request: Request) -> Principal:
        token = bearer(request.headers.get("authorization"))
        try:
            if token is None:
                raise Refused("no bearer token")
            # Keys may have to be fetched: never on the event loop.
            known = self.callers.known(token)
            principal = known or await to_thread.run_sync(self.callers.verify, token)
        except Refused as refusal:
            raise _Answer(401, f"not authenticated: {refusal}") from None
        served = self.settings.use_case
        if principal.use_case not in ("*", served):
            raise _Answer(403, f"{principal.name} is of use case {principal.use_case}, not {served}")
        return principal


async def _parsed(body: bytes, champion: Champion, backdates: bool, key: str | None = None) -> Batch:
    try:
        if len(body) <= _SMALL_BYTES:
            return parse_batch(body, champion.model.inputs, backdates, key)
        return await to_thread.run_sync(_parsed_large, body, champion, backdates, key)
    except Invalid as error:
        raise _Answer(400, str(error)) from None


def _parsed_large(body: bytes, champion: Champion, backdates: bool, key: str | None) -> Batch:
    with _PARSING:
        return parse_batch(body, champion.model.inputs, backdates, key)


def _explains(request: Request) -> bool:
    try:
        return is_asked(request.query_params.getlist("explain"))
    except Invalid as error:
        raise _Answer(400, str(error)) from None


def _key(request: Request) -> str | None:
    """The caller's own name of a request that it may send again."""
    key = request.headers.get("idempotency-key")
    if key is not None and not _NAME.fullmatch(key):
        raise _Answer(400, f"Idempotency-Key must be 1 to 128 of {_LETTERS}, got {shown(key)}")
    return key


def _json(content: bytes, headers: Mapping[str, str]) -> Response:
    return Response(content, headers=headers, media_type="application/json")


def _listed(caller: Principal, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(caller.name, pattern) for pattern in patterns)


async def _body(request: Request) -> bytes:
    try:
        with fail_after(BODY_SECONDS):
            return await _read(request)
    except TimeoutError:
        raise _Answer(408, f"a request arrives within {BODY_SECONDS} seconds; send smaller batches") from None
    except ClientDisconnect:
        raise _Answer(400, "the request ended before its body did") from None


async def _read(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MAX_BODY_BYTES:
            chunks.append(chunk)
        elif size > _READ_BYTES:
            break
    if size > MAX_BODY_BYTES:
        raise _Answer(413, f"a request has at most {MAX_BODY_BYTES} bytes; send smaller batches")
    return b"".join(chunks)


_Endpoint = Callable[[Request], Awaitable[Response]]


def _answered(endpoint: _Endpoint, metrics: Metrics | None) -> _Endpoint:
    """An endpoint whose every end is an answer in words, with the request's id, and a line of the log."""

    async def answered(request: Request) -> Response:
        given, began = request.headers.get("x-request-id", ""), time.perf_counter()
        name = given if _NAME.fullmatch(given) else f"{_START}-{next(_numbers)}"
        try:
            response = await endpoint(request)
        except _Answer as answer:
            response = _refusal(request, answer, name)
        except Exception:
            number = uuid.uuid4()
            _log.exception("error %s", number)
            reason = f"an error of the server; its log has it as {number}"
            response = _refusal(request, _Answer(500, reason), name)
        response.headers["X-Request-Id"] = name
        if metrics:
            metrics.answered(request.url.path, response.status_code, time.perf_counter() - began)
        return response

    return answered


def _refusal(request: Request, answer: _Answer, name: str) -> Response:
    _log.warning("%s %s %s: %s (request %s)", request.method, request.url.path, answer.status, answer, name)
    headers = {"WWW-Authenticate": "Bearer"} if answer.status == 401 else None
    return JSONResponse({"error": str(answer)}, answer.status, headers)


def _hosts(host: str) -> Sequence[str]:
    """The names that it answers to: on loopback no other, since any site may point its own name there."""
    return ("127.0.0.1", "localhost") if host.startswith("127.") else ("*",)


def create_app(server: Server) -> Starlette:
    """The application of a server, which ships what it has logged before it ends."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        yield
        try:
            await to_thread.run_sync(server.shipper.ship)
        except LogError as error:
            _log.error("%s; they stay on the disk until the next start", error)

    def route(path: str, endpoint: _Endpoint, method: str = "GET") -> Route:
        return Route(path, _answered(endpoint, server.metrics), methods=[method])

    return Starlette(
        routes=[
            Route("/health", server.health),
            Route("/ready", server.ready),
            *([Route("/metrics", server.read_metrics)] if server.metrics else []),
            route("/champion", server.champion),
            *([route("/rollout", server.counts)] if server.rollout else []),
            route("/openapi.json", server.openapi),
            route("/docs", server.docs),
            route("/reload", server.reload, "POST"),
            route("/score", server.score, "POST"),
            route("/labels", server.labels, "POST"),
            route("/flush", server.flush, "POST"),
        ],
        lifespan=lifespan,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_hosts(server.settings.host))],
    )
