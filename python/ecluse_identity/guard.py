"""The outermost layer of the tracking server: nothing but its probes is seen without a verified caller."""

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from http.cookies import SimpleCookie
from typing import Protocol

from anyio import to_thread
from starlette.datastructures import Headers, QueryParams
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecluse_identity.claims import Principal, Refused
from ecluse_identity.denied import denial, explained
from ecluse_identity.proxied import REFUSAL, past_the_server
from ecluse_identity.released import Registered, refusal, writes_files
from ecluse_identity.sessions import COOKIE, SESSION_SECONDS
from ecluse_identity.trust import Tier
from ecluse_identity.verify import Verified
from ecluse_identity.workspaces import HEADER, Unnamed, in_workspace, unnamed

_SAFE = ("GET", "HEAD", "OPTIONS")
_HEADERS = {
    # No other site frames a page and has its buttons pressed, embeds its files, or keeps hold of its window.
    b"content-security-policy": b"frame-ancestors 'self'",
    b"x-frame-options": b"SAMEORIGIN",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"x-content-type-options": b"nosniff",
    # The host's name is a secret of its session (`cli/access.ts`), and paths name models.
    b"referrer-policy": b"same-origin",
}
_ASSISTANT = re.compile(r"/+(ajax-)?api/+[^/]+/+mlflow/+assistant(/|$)")
_log = logging.getLogger("ecluse.access")


class Admission(Protocol):
    """What decides who comes in; the methods that take what a caller shows raise Refused."""

    @property
    def tier(self) -> Tier:
        """The tier of this server's environment."""
        ...

    def workspaces(self, principal: Principal) -> Sequence[str]:
        """The workspaces in which a caller holds a role."""
        ...

    def admit(self, authorization: str | None, cookie: str | None) -> Verified:
        """The caller of a request."""
        ...

    def login(self, token: str) -> str:
        """The session cookie for a login token."""
        ...


def session_cookie(header: str | None) -> str | None:
    """The session in a Cookie header, or None."""
    morsel = SimpleCookie(header or "").get(COOKIE)
    return morsel.value if morsel else None


class Guard:
    """ASGI middleware: verifies every request, logs it by caller and without its query, bounds its body."""

    def __init__(
        self,
        app: ASGIApp,
        admission: Admission,
        max_body_bytes: int,
        registered: Registered,
        readiness: Callable[[], Awaitable[Response]],
    ) -> None:
        self._app = app
        self._admission = admission
        self._max_body = max_body_bytes
        self._registered = registered
        self._readiness = readiness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection; anything but HTTP is closed."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == "/health":
            # Not MLflow, which asks its database for any path.
            await PlainTextResponse("OK")(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == "/ready":
            await (await self._readiness())(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        login = QueryParams(scope["query_string"]).get("login")
        caller = "anonymous"
        try:
            if login and scope["path"] == "/" and scope["method"] == "GET":
                cookie = await to_thread.run_sync(self._admission.login, login)
                response: ASGIApp = _logged_in(cookie, secure=_by_https(scope, headers))
            else:
                args = headers.get("authorization"), session_cookie(headers.get("cookie"))
                principal = (await to_thread.run_sync(self._admission.admit, *args)).principal
                caller = principal.name
                if headers.get("authorization"):
                    scope = await to_thread.run_sync(self._in_workspace, scope, headers, principal)
                send = explained(send, self._denial(scope, principal))
                response = self._allowed(scope, headers)
                if response is self._app and writes_files(scope["method"], scope["path"]):
                    response = Final(self._app, self._registered)
        except Unnamed as error:
            response = unnamed(error)
        except Refused as refusal:
            caller = f"refused ({refusal})"
            response = PlainTextResponse(
                f"Not authenticated: {refusal}\n", 401, {"WWW-Authenticate": "Bearer"}
            )
        send = _logged(scope, caller, _protected(send))
        await response(scope, _bounded(receive, self._max_body), send)

    def _in_workspace(self, scope: Scope, headers: Headers, principal: Principal) -> Scope:
        named = headers.get(HEADER, "")
        return in_workspace(scope, named, lambda: self._admission.workspaces(principal))

    def _denial(self, scope: Scope, principal: Principal) -> str:
        workspace = Headers(scope=scope).get(HEADER, "")
        return denial(principal, scope["method"], scope["path"], workspace, self._admission.tier)

    def _allowed(self, scope: Scope, headers: Headers) -> ASGIApp:
        if _ASSISTANT.match(scope["path"]):
            return PlainTextResponse("The MLflow Assistant is off for everyone.\n", 403)
        if past_the_server(scope["path"]):
            return JSONResponse(REFUSAL, 501)
        if scope["method"] not in _SAFE and not _of_own_page(headers):
            return PlainTextResponse("A session writes from this server's own pages alone.\n", 403)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._max_body:
            return PlainTextResponse(f"A request has at most {self._max_body} bytes, not {length}.\n", 413)
        return self._app


class Final:
    """Refuses writes to released files, before the body and once more when it has come.

    A release may register the model while a slow body is on its way.
    """

    def __init__(self, app: ASGIApp, registered: Registered) -> None:
        self._app = app
        self._registered = registered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request that writes files."""

        async def why() -> str | None:
            args = scope["path"], scope["query_string"].decode("latin-1"), self._registered
            return await to_thread.run_sync(refusal, *args)

        async def checked() -> Message:
            message = await receive()
            whole = message["type"] == "http.request" and not message.get("more_body")
            return {"type": "http.disconnect"} if whole and await why() else message

        reason = await why()
        response = PlainTextResponse(f"{reason}\n", 403) if reason else self._app
        await response(scope, checked, send)


def _of_own_page(headers: Headers) -> bool:
    """Whether no browser sent this, or one that shows a page of this very host and port.

    A browser sends a session's cookie for any port of its host, and MLflow trusts every page of localhost.
    """
    origin = headers.get("origin", "")
    return "authorization" in headers or origin.partition("://")[2] == headers.get("host")


def _by_https(scope: Scope, headers: Headers) -> bool:
    # A proxy's word is enough: who makes it up only makes its own cookie stricter.
    return "https" in (scope["scheme"], headers.get("x-forwarded-proto"))


def _logged_in(cookie: str, secure: bool) -> Response:
    # A relative address without the token: neither history nor a referrer keeps it.
    response = RedirectResponse("/", 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    response.set_cookie(
        COOKIE, cookie, max_age=SESSION_SECONDS, httponly=True, samesite="strict", secure=secure
    )
    return response


def _bounded(receive: Receive, limit: int) -> Receive:
    """Ends a body without a declared length as a broken connection once it is over the limit."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return message if seen <= limit else {"type": "http.disconnect"}

    return bounded


def _protected(send: Send) -> Send:
    """Adds to each response the headers that keep other sites off."""

    async def protected(message: Message) -> None:
        if message["type"] == "http.response.start":
            others = [pair for pair in message.get("headers", []) if pair[0].lower() not in _HEADERS]
            message["headers"] = [*others, *_HEADERS.items()]
        await send(message)

    return protected


def _logged(scope: Scope, caller: str, send: Send) -> Send:
    async def logged(message: Message) -> None:
        if message["type"] == "http.response.start":
            _log.info("%s %s %s %s", caller, scope["method"], scope["path"], message["status"])
        await send(message)

    return logged
