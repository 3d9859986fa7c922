"""The HTTP interface of the console: pages for people, drawn here, without a script in them."""

import hashlib
import logging
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import jinja2
from anyio import to_thread
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecluse_console import audit, home, lineage, use_case
from ecluse_console.calls import Calls, Denied, Stranger, Unread, Visitor
from ecluse_console.charts import BAR
from ecluse_console.desk import Desk
from ecluse_console.login import FORGE_COOKIE, Login, cookies_of, name_of, visitor_of
from ecluse_console.parts import parts
from ecluse_console.settings import Settings
from ecluse_console.words import FILTERS
from ecluse_identity.sessions import COOKIE, SESSION_SECONDS

_FOLDER = Path(__file__).parent
_LARGEST_FORM = 8 * 1024
_HEADERS: Final = {
    # Nothing but what this server gives: no script at all, no style within a page, and no frame around it.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # The host's name is a secret of its session (`cli/access.ts`).
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
_log = logging.getLogger("ecluse.access")
Draw = Callable[[Request, Desk], tuple[str, Mapping[str, Any]]]
"""A page: the name of its template, and what that shows."""


@dataclass(frozen=True)
class Console:
    """The pages of one environment."""

    settings: Settings
    calls: Calls
    login: Login
    templates: jinja2.Environment = field(default_factory=lambda: _templates())

    def draw(self, request: Request, page: Draw) -> Response:
        """A page for its visitor; to who is not logged in it says how to be."""
        try:
            visitor = visitor_of(request.cookies)
            desk = self._desk(visitor)
            template, shown = page(request, desk)
        except Stranger:
            return self._shown("stranger.html", request, 401)
        except Denied as error:
            return self._shown("refused.html", request, 403, reason=str(error))
        except Unread as error:
            return self._shown("away.html", request, 503, reason=str(error))
        known = {"desk": desk, "person": name_of(visitor), "form_token": self.login.form_token(visitor)}
        status = 404 if template == "missing.html" else 200
        return self._shown(template, request, status, **known, **shown)

    def _desk(self, visitor: Visitor) -> Desk:
        """The tracking server says whether the session is good, and which use cases it shows."""
        empty = Desk(self.settings, self.calls, visitor, frozenset())
        visible = frozenset(empty.tracking.workspaces())
        return Desk(self.settings, self.calls, visitor, visible)

    def _shown(self, template: str, request: Request, status: int = 200, **shown: Any) -> Response:
        address = urlsplit(self.settings.tracking_uri)
        # By the name that the visitor came by: the session is of that host, whatever the port.
        mlflow = f"{address.scheme}://{request.url.hostname}:{address.port}"
        known = {"environment": self.settings.environment, "tier": self.settings.tier, "mlflow": mlflow}
        text = self.templates.get_template(template).render(path=request.url.path, **known, **shown)
        return HTMLResponse(text, status)

    def enter(self, request: Request) -> Response:
        """Logs in by a link's code. The page leads on: a redirect from elsewhere would have no cookie."""
        try:
            visitor = self.login.enter(request.query_params["login"])
        except (Unread, KeyError, TypeError) as error:
            _log.warning("a login was refused: %s", error)
            if isinstance(error, Denied):
                return self._shown("refused.html", request, 403, reason=str(error))
            used = "the link was used before, or is older than a minute"
            reason = used if isinstance(error, Stranger) else str(error)
            return self._shown("stranger.html", request, 401, reason=reason)
        response = self._shown("entered.html", request)
        for name, value in cookies_of(visitor).items():
            response.set_cookie(
                name, value, max_age=SESSION_SECONDS, httponly=True, samesite="strict", path="/"
            )
        return response

    def leave(self, request: Request, form: Mapping[str, list[str]]) -> Response:
        """Logs out: the browser forgets its sessions."""
        try:
            visitor = visitor_of(request.cookies)
        except Stranger:
            return RedirectResponse("/", 303)
        if not self.login.is_own_form(visitor, form.get("form_token", [""])[0]):
            return self._shown(
                "refused.html", request, 403, reason="this form is not of a page of yours here"
            )
        response = RedirectResponse("/", 303)
        for name in (COOKIE, FORGE_COOKIE):
            response.delete_cookie(name, path="/", httponly=True, samesite="strict")
        return response


def home_page(_request: Request, desk: Desk) -> tuple[str, Mapping[str, Any]]:
    """Home."""
    rows = home.rows(desk, desk.use_cases)
    shown = {"rows": rows, "services": home.services(desk), "waiting": home.waiting(desk, rows)}
    return "home.html", shown


def use_case_page(request: Request, desk: Desk) -> tuple[str, Mapping[str, Any]]:
    """A use case; one that the visitor may not see is as one that is not there."""
    found = desk.use_case(request.path_params["name"])
    if found is None:
        return "missing.html", {"name": request.path_params["name"]}
    wanted = request.query_params.get("pipeline", "")
    read = parts(
        pipeline=lambda: use_case.pipeline(desk, found, wanted),
        models=lambda: use_case.models(desk, found),
        watched=lambda: use_case.watched(desk, found),
        incidents=lambda: desk.forge.incidents(found.project, desk.environment),
        serving=lambda: desk.serves(found),
    )
    return "use_case.html", {"use_case": found, "bar": BAR, **read}


def lineage_page(request: Request, desk: Desk) -> tuple[str, Mapping[str, Any]]:
    """Lineage of what was asked for; of nothing it is the form alone."""
    asked = request.query_params.get("q", "").strip().lower()[:64]
    wanted = request.query_params.get("use_case", "")
    among = [each for each in desk.use_cases if wanted in ("", each.name)]
    kind = lineage.kind_of(asked)
    found = lineage.lineage(desk, among, asked) if kind in ("version", "commit") else []
    return "lineage.html", {"asked": asked, "wanted": wanted, "kind": kind, "found": found, "bar": BAR}


def audit_page(_request: Request, desk: Desk) -> tuple[str, Mapping[str, Any]]:
    """The last audit."""
    folder = desk.settings.audit_folder
    return "audit.html", {"folder": folder, **parts(audit=lambda: audit.read_audit(folder))}


def _templates() -> jinja2.Environment:
    """The pages' templates: whatever others have named is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    return environment


class Guard:
    """ASGI middleware: answers by the console's own names alone, and gives each answer its headers."""

    def __init__(self, app: ASGIApp, environment: str, port: int) -> None:
        self._app = app
        # Each login link has a host name of its own; browsers take all of them to this machine.
        names = rf"127\.0\.0\.1|localhost|{re.escape(environment)}(-[0-9a-f]{{16}})?\.localhost"
        self._own = re.compile(rf"({names}):{port}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection; anything but HTTP is closed."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope)(scope, receive, _protected(scope, send))
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _answer(self, scope: Scope) -> ASGIApp:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        # Any site may point its own name at this machine.
        if not self._own.fullmatch(host):
            return PlainTextResponse("This is no name of the console.\n", 421)
        if scope["method"] not in ("GET", "HEAD") and headers.get("origin") != f"http://{host}":
            return PlainTextResponse("A form is sent from the console's own pages alone.\n", 403)
        return self._app


def _protected(scope: Scope, send: Send) -> Send:
    async def protected(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            # Without its query, which may have a login's code.
            _log.info("%s %s %s", scope["method"], scope["path"], message["status"])
        await send(message)

    return protected


async def _form(request: Request) -> Mapping[str, list[str]]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_FORM:
            return {}
    return parse_qs(body.decode(errors="replace"))


def _asset(name: str, media_type: str) -> tuple[str, Callable[[Request], Response]]:
    content = (_FOLDER / "static" / name).read_bytes()
    etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'

    def answer(request: Request) -> Response:
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=media_type)

    return f"/static/{name}", answer


def _failed(_request: Request, error: Exception) -> Response:
    number = uuid.uuid4()
    _log.error("error %s", number, exc_info=error)
    return PlainTextResponse(f"An error of the console; its log has it as {number}.\n", 500)


def create_app(settings: Settings) -> ASGIApp:
    """The application of an environment's console."""
    calls = Calls(str(settings.authority) if settings.authority else None)
    console = Console(settings, calls, Login(calls, settings.tracking_uri, settings.forge_url))

    def page(draw: Draw) -> Callable[[Request], Response]:
        return lambda request: console.draw(request, draw)

    def start(request: Request) -> Response:
        return console.enter(request) if "login" in request.query_params else console.draw(request, home_page)

    def health(_request: Request) -> Response:
        return PlainTextResponse("OK\n")

    async def leave(request: Request) -> Response:
        form = await _form(request)
        return await to_thread.run_sync(console.leave, request, form)

    routes = [
        Route("/health", health),
        Route("/", start),
        Route("/use-cases/{name}", page(use_case_page)),
        Route("/lineage", page(lineage_page)),
        Route("/audit", page(audit_page)),
        Route("/logout", leave, methods=["POST"]),
        *(Route(*_asset(name, kind)) for name, kind in _ASSETS.items()),
    ]
    app = Starlette(routes=routes, exception_handlers={Exception: _failed})
    return Guard(app, settings.environment, settings.port)


_ASSETS = {"console.css": "text/css", "icon.svg": "image/svg+xml"}
