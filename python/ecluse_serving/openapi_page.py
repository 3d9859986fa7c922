"""The OpenAPI document as one HTML page that needs nothing else: no script, no other file, no network."""

import base64
import hashlib
import json
import shlex
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "pre{background:#eee;padding:.7rem;overflow-x:auto}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}pre{background:#222}}"
)
_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Of the page's answer: nothing but its own style is applied, whatever a model's columns are called."""


def page(document: Mapping[str, Any]) -> str:
    """The page of an OpenAPI document of this server."""
    info = document["info"]
    title = f"{escape(info['title'])}, version {escape(info['version'])}"
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><style>{_STYLE}</style>",
        f"<h1>{title}</h1><p>Commit {escape(info['description'])}. Programs read <code>/openapi.json</code>. "
        "Every request shows a token: <code>Authorization: Bearer …</code>.</p>",
    ]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parts += _operation(path, method.upper(), operation)
    return "".join(parts)


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[str]:
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    yield f"<h2>{escape(method)} {escape(path)}</h2><p>{escape(operation['summary'])}.</p>"
    yield f"<pre>{escape(_curl(path, method, schema))}</pre>"
    if operation.get("parameters"):
        rows = [(each["name"], each["in"], each["description"]) for each in operation["parameters"]]
        yield _table(("parameter", "in", "meaning"), rows)
    yield "<h3>Body</h3>" + _table(("key", "type", "required"), _fields(schema))
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    yield "<h3>Answer</h3>" + _table(
        ("key", "type", ""), ((name, kind, "") for name, kind, _ in _fields(answer))
    )
    reasons = [(status, each["description"]) for status, each in operation["responses"].items()]
    yield "<h3>Status</h3>" + _table(("status", "meaning"), reasons)


def _curl(path: str, method: str, schema: Mapping[str, Any]) -> str:
    """A line to copy, which a shell takes as it is, whatever the columns are called."""
    body = json.dumps((schema.get("examples") or [_example(schema)])[0], ensure_ascii=False)
    known = f'"$ECLUSE_SERVING_URL{path}" --header "Authorization: Bearer $ECLUSE_SERVING_TOKEN"'
    words = ["--header", "Content-Type: application/json", "--data", body]
    return f"curl --request {method} {known} {shlex.join(words)}"


def _example(schema: Mapping[str, Any]) -> Any:
    """The least that fits a schema, but for the formats of texts."""
    found = schema["oneOf"][0] if "oneOf" in schema else schema
    kind = found["type"][0] if isinstance(found["type"], list) else found["type"]
    if kind == "object":
        return {name: _example(found["properties"][name]) for name in found.get("required", [])}
    if kind == "array":
        return [_example(found["items"])]
    return {"string": "…", "boolean": True}.get(kind, 1)


def _fields(schema: Mapping[str, Any], name: str = "") -> Iterator[tuple[str, str, str]]:
    """The keys of a schema at any depth: path, type, and whether each is required."""
    if "oneOf" in schema:
        for number, each in enumerate(schema["oneOf"], 1):
            yield from _fields(each, f"{name} (form {number})")
        return
    if schema["type"] == "array":
        yield from _fields(schema["items"], f"{name}[]")
        return
    for key, value in schema.get("properties", {}).items():
        place = f"{name}.{key}" if name else key
        needed = "yes" if key in schema.get("required", []) else ""
        yield place, _kind(value), needed
        if value.get("type") in ("object", "array"):
            yield from _fields(value, place)


def _kind(schema: Mapping[str, Any]) -> str:
    """A type in words, with its bounds."""
    kinds = schema.get("type", "one of several forms")
    words = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    bounds = {"format": "", "enum": "one of ", "maxItems": "at most ", "description": ""}
    more = [f"{text}{schema[key]}" for key, text in bounds.items() if key in schema]
    return ", ".join([words, *more])


def _table(head: tuple[str, ...], rows: Any) -> str:
    heads = "".join(f"<th>{escape(each)}" for each in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}" for cell in row) for row in rows)
    return f"<table><tr>{heads}{body}</table>"
