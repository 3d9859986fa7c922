"""The answer to a caller who may not, and the workspace of a request that names none."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from ecluse_identity.claims import Principal
from ecluse_identity.denied import denial, explained, needed
from ecluse_identity.workspaces import Unnamed, in_workspace

ADA = Principal("person:ada", "auditor", "*")
JOB = Principal("ci:ecluse/bank-churn:prod:train", "train", "bank-churn")
API = "/api/2.0/mlflow"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", f"{API}/runs/create", ("experiment", ("EDIT",))),
        ("POST", f"{API}/runs/search", ("experiment", ("READ", "EDIT"))),
        ("GET", f"{API}/runs/get", ("experiment", ("READ", "EDIT"))),
        ("POST", f"{API}/experiments/create", ("workspace", ("USE",))),
        ("POST", f"{API}/registered-models/create", ("workspace", ("USE",))),
        ("DELETE", f"{API}/registered-models/alias", ("registered_model", ("EDIT",))),
        ("GET", f"{API}/registered-models/alias", ("registered_model", ("READ", "EDIT"))),
        ("POST", f"{API}/model-versions/create", ("registered_model", ("EDIT",))),
        ("GET", f"{API}/registered-models/get", ("registered_model", ("READ", "EDIT"))),
        ("PUT", "/api/2.0/mlflow-artifacts/artifacts/1/x", ("experiment", ("EDIT",))),
    ],
)
def test_what_a_request_needs(method: str, path: str, expected: tuple[str, tuple[str, ...]]) -> None:
    assert needed(method, path) == expected


def test_the_answer_says_who_asked_for_what_and_who_may() -> None:
    said = denial(ADA, "POST", f"{API}/runs/create", "bank-churn", "production")
    assert said == (
        f"Permission denied: person:ada (auditor) asked for POST {API}/runs/create in workspace bank-churn. "
        "Who may: jobs of the use case's pipeline (train), the monitor (monitor)"
    )
    said = denial(JOB, "POST", f"{API}/registered-models/update", "bank-churn", "production")
    assert said.endswith("Who may: the platform's release job (release)")
    said = denial(JOB, "POST", f"{API}/runs/create", "heating", "production")
    assert said.endswith("in workspace heating, and is of bank-churn: ask in that workspace")
    said = denial(ADA, "POST", f"{API}/runs/create", "", "production")
    assert said.endswith("in no workspace; name one in the header X-MLFLOW-WORKSPACE")
    said = denial(ADA, "POST", f"{API}/experiments/create", "bank-churn", "development")
    assert said.endswith(
        "Who may: people of the data science group (scientist), jobs of the use case's pipeline (dev-ci)"
    )


def sent(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    """What reaches the caller of a response's messages."""
    found: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        found.append(dict(message))

    async def respond() -> None:
        explaining = explained(send, "the sentence")
        for message in messages:
            await explaining(message)

    asyncio.run(respond())
    return found


def start(status: int) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": [(b"content-length", b"17")]}


def body(content: bytes, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": content, "more_body": more}


def test_only_a_bare_refusal_is_replaced() -> None:
    whole = (start(403), body(b"Permission denied"))
    last = {"type": "http.response.body", "body": b""}
    parts = (start(403), body(b"Permission den", True), body(b"ied", True), last)
    for response in (whole, parts):
        head, said = sent(*response)
        assert said["body"] == b"the sentence\n"
        assert head["headers"] == [(b"content-length", b"13")]
    for response in (
        (start(200), body(b"Permission denied")),
        (start(403), body(b"A session writes from this server's own pages alone.\n")),
        (start(403), body(b"Permission denied", True), body(b" by a model")),
        (start(403), body(b"")),
    ):
        assert sent(*response) == list(response)


def scope(path: str, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http", "path": path, "headers": list(headers)}


def workspace_of(path: str, known: Sequence[str], named: str = "") -> str:
    """The workspace in which a request goes on."""
    found = in_workspace(scope(path), named, lambda: known)
    return dict(found["headers"]).get(b"x-mlflow-workspace", b"").decode()


@pytest.mark.parametrize(
    "path",
    [
        f"{API}/runs/create",
        "/api/3.0/mlflow/traces",
        "/api/2.0/mlflow-artifacts/artifacts/1/x",
        "/v1/traces",
    ],
)
def test_the_only_workspace_of_a_caller_is_taken(path: str) -> None:
    assert workspace_of(path, ["bank-churn"]) == "bank-churn"
    # One that is named stays, whether the caller may work there or not.
    assert workspace_of(path, ["bank-churn"], "heating") == ""
    with pytest.raises(Unnamed, match=r"name a workspace: a, b\. In MLflow 3 by MLFLOW_WORKSPACE, else"):
        workspace_of(path, ["a", "b"])
    with pytest.raises(Unnamed, match="you have none"):
        workspace_of(path, [])


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/version", "/static-files/x.js", "/graphql", "/ajax-api/2.0/mlflow/experiments/search"),
        *(f"{API}/server-info", "/api/3.0/mlflow/workspaces", "/api/3.0/mlflow/workspaces/x"),
    ],
)
def test_what_is_of_no_workspace_stays_so(path: str) -> None:
    assert workspace_of(path, ["bank-churn"]) == workspace_of(path, ["a", "b"]) == ""


def test_an_empty_header_names_none() -> None:
    asked = scope(f"{API}/runs/create", (b"X-MLFLOW-WORKSPACE", b" "), (b"accept", b"*/*"))
    found = in_workspace(asked, " ", lambda: ["bank-churn"])
    assert found["headers"] == [(b"accept", b"*/*"), (b"x-mlflow-workspace", b"bank-churn")]
