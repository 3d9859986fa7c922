"""The answer to a caller who may not: who it is, what it asked for, and who may."""

import re
from typing import Final

from starlette.types import Message, Send

from ecluse_identity.claims import Principal
from ecluse_identity.grants import ROLES
from ecluse_identity.trust import Tier

_BARE: Final = b"Permission denied"
"""All that MLflow says."""
_MODELS: Final = re.compile(r"/mlflow/+(registered-models|model-versions)/")
_CREATES: Final = re.compile(r"/mlflow/+(experiments|registered-models)/+create$")
_READS: Final = re.compile(r"/(search|search-.+|get|get-.+|list|list-.+|batch-get)$")
_WHO: Final = {
    "scientist": "people of the data science group",
    "auditor": "people, who only look on here",
    "dev-ci": "jobs of the use case's pipeline",
    "train": "jobs of the use case's pipeline",
    "release": "the platform's release job",
    "serve": "the model server",
    "monitor": "the monitor",
}
_NOT_HERE: Final = {True: ("train", "auditor"), False: ("dev-ci", "scientist")}
"""Roles that nobody has, by whether the environment is one of development."""


def denial(caller: Principal, method: str, path: str, workspace: str, tier: Tier) -> str:
    """The sentence for the caller; it holds nothing that the caller has not shown itself."""
    said = f"Permission denied: {caller.name} ({caller.role}) asked for {method} {path}"
    if not workspace:
        return f"{said} in no workspace; name one in the header X-MLFLOW-WORKSPACE"
    if caller.use_case not in ("*", workspace):
        return f"{said} in workspace {workspace}, and is of {caller.use_case}: ask in that workspace"
    resource, levels = needed(method, path)
    gone = _NOT_HERE[tier == "development"]
    roles = [role for role, held in ROLES.items() if held.get(resource) in levels and role not in gone]
    may = ", ".join(dict.fromkeys(f"{_WHO[role]} ({role})" for role in roles))
    return f"{said} in workspace {workspace}. Who may: {may}"


def needed(method: str, path: str) -> tuple[str, tuple[str, ...]]:
    """What a request needs: the kind of resource, and the levels that are enough (`grants.ROLES`)."""
    if _CREATES.search(path):
        return "workspace", ("USE",)
    reads = method in ("GET", "HEAD") or bool(_READS.search(path))
    return (
        "registered_model" if _MODELS.search(path) else "experiment",
        ("READ", "EDIT") if reads else ("EDIT",),
    )


def explained(send: Send, sentence: str) -> Send:
    """Puts the sentence in the place of a bare refusal; any other response passes."""
    held: list[Message] = []

    async def explain(message: Message) -> None:
        if not held and (message["type"] != "http.response.start" or message["status"] != 403):
            return await send(message)
        held.append(message)
        said = b"".join(part.get("body", b"") for part in held[1:])
        more = len(held) == 1 or message.get("more_body", False)
        # Flask's answers come in parts, of which the last is empty.
        if more and _BARE.startswith(said):
            return None
        for part in _with(held[0], sentence) if said == _BARE and not more else held:
            await send(part)
        held.clear()
        return None

    return explain


def _with(start: Message, sentence: str) -> list[Message]:
    body = f"{sentence}\n".encode()
    length = (b"content-length", str(len(body)).encode())
    others = [pair for pair in start.get("headers", []) if pair[0].lower() != length[0]]
    return [{**start, "headers": [*others, length]}, {"type": "http.response.body", "body": body}]
