"""The real tracking server, asked by stock MLflow clients and by plain HTTP."""

import http.client
import json
import time
from collections.abc import Callable
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.exceptions import MlflowException
from requests import HTTPError

from tests.identity.client import use_projected_token, use_tokens
from tests.identity.tracking import RunningEnvironment

USE_CASE = "bank-churn"


def request(
    environment: RunningEnvironment, path: str, method: str = "GET", body: str | None = None, **headers: str
) -> tuple[int, str, http.client.HTTPMessage]:
    """Status, body and headers of one request, redirects not followed."""
    connection = http.client.HTTPConnection(environment.url.removeprefix("http://"), timeout=20)
    connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
    response = connection.getresponse()
    return response.status, response.read().decode(errors="replace"), response.msg


@pytest.fixture
def client(prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> Callable[..., MlflowClient]:
    """A stock client that shows a given token in a given workspace."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", prod.url)
    monkeypatch.delenv("MLFLOW_TRACKING_AUTH", raising=False)

    def make(token: str, workspace: str = USE_CASE) -> MlflowClient:
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token)
        mlflow.set_tracking_uri(prod.url)
        mlflow.set_workspace(workspace)
        return MlflowClient()

    return make


Client = Callable[..., MlflowClient]


def train(made: MlflowClient, folder: Path) -> tuple[str, str]:
    """Logs a run with a metric and a file; gives the run's id and its artifact URI."""
    experiment = made.get_experiment_by_name(USE_CASE)
    assert experiment is not None
    run = made.create_run(experiment.experiment_id)
    made.log_metric(run.info.run_id, "roc_auc", 0.9)
    path = folder / "model.txt"
    path.write_text("bytes")
    made.log_artifact(run.info.run_id, str(path))
    made.set_terminated(run.info.run_id)
    return run.info.run_id, str(run.info.artifact_uri)


def refused(call: Callable[[], object], status: str) -> None:
    with pytest.raises((MlflowException, HTTPError), match=status):
        call()


def test_a_run_is_of_whom_the_token_names(prod: RunningEnvironment, client: Client) -> None:
    """A release asks who trained: what the client says of itself counts for nothing."""
    made = client(prod.forge.ci())
    experiment = made.get_experiment_by_name(USE_CASE)
    assert experiment is not None
    forged = {"mlflow.user": "ci:ecluse/other:prod:train"}
    run_id = made.create_run(experiment.experiment_id, tags=forged).info.run_id
    made.set_tag(run_id, "mlflow.user", "somebody")
    assert made.get_run(run_id).info.user_id == "ci:ecluse/bank-churn:prod:train"


PATHS = [
    ("GET", "/"),
    ("GET", "/version"),
    ("GET", "/metrics"),
    ("GET", "/static-files/index.html"),
    ("GET", "/signup"),
    ("POST", "/graphql"),
    ("POST", "/v1/traces"),
    ("POST", "/api/2.0/mlflow/experiments/search"),
    ("GET", "/ajax-api/2.0/mlflow/experiments/search"),
    ("GET", "/ajax-api/3.0/mlflow/server-info"),
    ("GET", "/ajax-api/3.0/mlflow/assistant/config"),
    ("GET", "/api/2.0/mlflow-artifacts/artifacts/1/x"),
    ("PUT", "/api/2.0/mlflow-artifacts/artifacts/1/x"),
    ("GET", "/get-artifact?path=x&run_uuid=y"),
    ("GET", "/api/2.0/mlflow/users/get?username=admin"),
    ("POST", "/api/2.0/mlflow/users/create"),
    ("POST", "/gateway/mlflow/v1/chat/completions"),
    ("GET", "/ajax-api/3.0/jobs/1"),
    ("GET", "/health/../version"),
    ("GET", "//health"),
    ("GET", "/no-such-page"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_anonymous_and_password_callers_get_401(prod: RunningEnvironment, method: str, path: str) -> None:
    for headers in ({}, {"Authorization": "Basic YWRtaW46cGFzc3dvcmQxMjM0"}, {"Cookie": "ecluse_session=x"}):
        status, body, message = request(prod, path, method, **headers)
        assert (status, message["www-authenticate"]) == (401, "Bearer"), body


def test_health_is_open(prod: RunningEnvironment) -> None:
    assert request(prod, "/health")[:2] == (200, "OK")
    assert request(prod, "/ready")[:2] == (200, "OK")


def test_a_wrong_token_gets_401_with_the_reason(prod: RunningEnvironment) -> None:
    token = prod.forge.ci(audience="ecluse-dev-tracking")
    status, body, _ = request(
        prod, "/api/2.0/mlflow/experiments/search", "POST", Authorization=f"Bearer {token}"
    )
    assert status == 401
    assert "audience is not 'ecluse-prod-tracking'" in body


def test_a_principal_without_grants_gets_401(prod: RunningEnvironment) -> None:
    token = prod.workloads.workload("serve", use_case="unknown-case")
    status, body, _ = request(prod, "/version", Authorization=f"Bearer {token}")
    assert status == 401
    assert "workload:unknown-case:prod:serve has no grants" in body


@pytest.mark.parametrize("path", ["/ajax-api/3.0/mlflow/assistant/config", "/ajax-api//3.0/mlflow/assistant"])
def test_the_assistant_is_blocked_for_everyone(prod: RunningEnvironment, path: str) -> None:
    for token in (prod.forge.person(), prod.forge.ci("release")):
        assert request(prod, path, Authorization=f"Bearer {token}")[0] == 403


def test_an_oversized_body_is_refused(prod: RunningEnvironment) -> None:
    headers = {"Authorization": f"Bearer {prod.forge.ci()}", "Content_Length": str(1 << 40)}
    status, body, _ = request(prod, "/api/2.0/mlflow-artifacts/artifacts/1/x", "PUT", **headers)
    assert (status, "at most 536870912 bytes" in body) == (413, True)


def test_training_logs_but_releases_nothing(prod: RunningEnvironment, client: Client, tmp_path: Path) -> None:
    job = client(prod.forge.ci())
    run, source = train(job, tmp_path)
    assert job.get_run(run).data.metrics == {"roc_auc": 0.9}
    assert Path(download_artifacts(f"{source}/model.txt")).read_text() == "bytes"
    assert job.get_registered_model(USE_CASE).name == USE_CASE
    refused(lambda: job.create_model_version(USE_CASE, source, run), "403")
    refused(lambda: job.set_registered_model_alias(USE_CASE, "champion", "1"), "403")
    refused(lambda: job.create_registered_model("mine"), "403")
    refused(lambda: job.create_experiment("mine"), "403")
    refused(lambda: job.delete_registered_model(USE_CASE), "403")

    platform = client(prod.forge.ci("release"))
    version = platform.create_model_version(USE_CASE, source, run)
    platform.set_registered_model_alias(USE_CASE, "champion", version.version)
    refused(lambda: platform.log_metric(run, "roc_auc", 1.0), "403")
    refused(lambda: platform.create_experiment("mine"), "403")

    job = client(prod.forge.ci())
    assert job.get_model_version_by_alias(USE_CASE, "champion").version == version.version
    refused(lambda: job.delete_registered_model_alias(USE_CASE, "champion"), "403")
    refused(lambda: job.set_model_version_tag(USE_CASE, version.version, "ecluse.manifest", "x"), "403")
    refused(lambda: job.delete_model_version(USE_CASE, version.version), "403")


def test_a_scientist_has_own_models_and_never_moves_the_champion(
    prod: RunningEnvironment, client: Client, tmp_path: Path
) -> None:
    """As in development: one innocent line that moved the alias stopped every later release."""
    run, source = train(client(prod.forge.ci()), tmp_path)
    maker = client(prod.forge.person(sub="user:grace", preferred_username="grace", groups=["makers"]))
    maker.create_registered_model("tries-of-grace")
    own = maker.create_model_version("tries-of-grace", source, run)
    maker.set_registered_model_alias("tries-of-grace", "champion", own.version)
    refused(lambda: maker.create_model_version(USE_CASE, source, run), "403")
    refused(lambda: maker.set_registered_model_alias(USE_CASE, "champion", "1"), "403")
    refused(lambda: maker.delete_registered_model_alias(USE_CASE, "champion"), "403")
    refused(lambda: maker.rename_registered_model(USE_CASE, "gone"), "403")


@pytest.mark.parametrize("who", ["person", "serve"])
def test_readers_only_read(prod: RunningEnvironment, client: Client, tmp_path: Path, who: str) -> None:
    run, _ = train(client(prod.forge.ci()), tmp_path)
    reader = client(prod.forge.person() if who == "person" else prod.workloads.workload("serve"))
    assert reader.get_run(run).data.metrics == {"roc_auc": 0.9}
    refused(lambda: reader.log_metric(run, "roc_auc", 1.0), "403")
    refused(lambda: reader.set_registered_model_alias(USE_CASE, "champion", "1"), "403")
    refused(lambda: reader.log_text(run, "other", "model.txt"), "403")


def test_a_refusal_says_who_asked_for_what_and_who_may(prod: RunningEnvironment, client: Client) -> None:
    job, other = client(prod.forge.ci()), "other-case"
    with pytest.raises(
        MlflowException,
        match=r"Permission denied: ci:ecluse/bank-churn:prod:train \(train\) asked for POST .*/"
        r"registered-models/alias in workspace bank-churn\. Who may: the platform's release job \(release\)",
    ):
        job.set_registered_model_alias(USE_CASE, "champion", "1")
    with pytest.raises(MlflowException, match="in workspace other-case, and is of bank-churn: ask in that"):
        client(prod.forge.ci(), other).get_experiment_by_name(other)


def test_an_expired_token_says_how_to_get_another(prod: RunningEnvironment) -> None:
    token = prod.forge.person(seconds=-60)
    status, body, _ = request(prod, "/version", Authorization=f"Bearer {token}")
    assert (status, body) == (
        401,
        "Not authenticated: the token has expired; `ecluse login prod` gives a person another\n",
    )


def test_plain_http_is_served_in_the_callers_only_workspace(prod: RunningEnvironment) -> None:
    path = f"/api/2.0/mlflow/experiments/get-by-name?experiment_name={USE_CASE}"
    job, person = (f"Bearer {token}" for token in (prod.forge.ci(), prod.forge.person()))
    own = request(prod, path, Authorization=job)
    assert own[0] == 200, own[1]
    assert own[1] == request(prod, path, Authorization=job, X_MLFLOW_WORKSPACE=USE_CASE)[1]
    # Where it has no right, it finds nothing either.
    assert request(prod, path, Authorization=job, X_MLFLOW_WORKSPACE="other-case")[0] in (403, 404)
    status, body, _ = request(prod, path, Authorization=person)
    assert status == 400
    assert json.loads(body)["message"].startswith("name a workspace: bank-churn, other-case. In MLflow 3 by")
    assert request(prod, path, Authorization=person, X_MLFLOW_WORKSPACE=USE_CASE)[0] == 200


def test_another_workspace_is_out_of_reach(prod: RunningEnvironment, client: Client) -> None:
    job = client(prod.forge.ci(), "other-case")
    refused(lambda: job.get_registered_model("other-case"), "403")
    refused(lambda: job.get_experiment_by_name("other-case"), "403")
    assert job.search_registered_models() == []
    refused(lambda: client(prod.forge.ci(), "default").create_experiment("mine"), "403")


def test_a_login_link_works_once(prod: RunningEnvironment) -> None:
    time.sleep(1.1 - time.time() % 1)  # a token of the second in which the server started is refused
    token = prod.forge.person(60)
    status, _, headers = request(prod, f"/?login={token}")
    cookie = headers["set-cookie"]
    assert (status, headers["location"], "Secure" in cookie) == (303, "/", False)
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=28800"))
    session = cookie.partition(";")[0]
    assert request(prod, "/", Cookie=session)[0] == 200
    path = "/ajax-api/2.0/mlflow/experiments/search?max_results=5"
    status, body, _ = request(prod, path, Cookie=session, X_MLFLOW_WORKSPACE=USE_CASE)
    assert [e["name"] for e in json.loads(body)["experiments"]] == [USE_CASE]
    by_proxy = request(prod, f"/?login={prod.forge.person(60)}", X_Forwarded_Proto="https")[2]
    assert "Secure" in by_proxy["set-cookie"]
    assert request(prod, f"/?login={token}")[0] == 401
    assert request(prod, "/version", Authorization=f"Bearer {token}")[0] == 401
    assert request(prod, f"/?login={prod.forge.person(300)}")[0] == 401
    assert token not in (prod.folder / "server.log").read_text()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("prod.localhost:{port}", 200),
        ("prod-0a1b2c.localhost:{port}", 200),
        ("prod-0a1b2c.localhost:1", 403),
        ("dev-0a1b2c.localhost:{port}", 403),
        ("tracking.prod.svc:5000", 200),
        ("tracking.test", 200),
        ("tracking.test:444", 403),
        ("tracking.prod.svc", 403),
        ("evil.test:{port}", 403),
    ],
)
def test_only_known_hosts_are_served(prod: RunningEnvironment, host: str, status: int) -> None:
    headers = {
        "Host": host.format(port=prod.url.rpartition(":")[2]),
        "Authorization": f"Bearer {prod.forge.person()}",
    }
    assert request(prod, "/", **headers)[0] == status


@pytest.mark.parametrize(
    ("origin", "blocked"), [("https://tracking.test", False), ("http://tracking.test", True)]
)
def test_a_page_of_an_allowed_host_writes_by_https_only(
    prod: RunningEnvironment, origin: str, blocked: bool
) -> None:
    headers = {"Origin": origin, "Authorization": f"Bearer {prod.forge.person()}"}
    status, body, _ = request(prod, "/ajax-api/2.0/mlflow/runs/create", "POST", **headers)
    assert (status == 403 and "Cross-origin request blocked" in body) == blocked, (status, body)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 403),
        ("null", 403),
        ("https://evil.test", 403),
        ("http://localhost:9", 403),
        ("http://prod.localhost:9", 403),
        ("http://prod.localhost:{port}", 200),
    ],
)
def test_a_session_writes_from_its_own_page_alone(
    prod: RunningEnvironment, origin: str | None, status: int
) -> None:
    host = f"prod.localhost:{prod.url.rpartition(':')[2]}"
    session = request(prod, f"/?login={prod.forge.person(60)}", Host=host)[2]["set-cookie"].partition(";")[0]
    own = {"Origin": origin.format(port=host.rpartition(":")[2])} if origin else {}
    headers = {"Host": host, "Cookie": session, "X_MLFLOW_WORKSPACE": USE_CASE, **own}
    path = "/ajax-api/2.0/mlflow/experiments/search"
    assert request(prod, f"{path}?max_results=1", **headers)[0] == 200
    body = json.dumps({"max_results": 1})
    assert request(prod, path, "POST", body, Content_Type="application/json", **headers)[0] == status


@pytest.mark.parametrize("path", ["/", "/version", "/?login=wrong"])
def test_no_response_is_framed_or_tells_where_its_reader_was(prod: RunningEnvironment, path: str) -> None:
    for headers in ({}, {"Authorization": f"Bearer {prod.forge.person()}"}):
        found = request(prod, path, **headers)[2]
        assert found.get_all("content-security-policy") == ["frame-ancestors 'self'"]
        assert found.get_all("x-frame-options") == ["SAMEORIGIN"]
        assert found.get_all("referrer-policy") in (["same-origin"], ["no-referrer"])


def test_a_probe_names_the_pods_address(prod: RunningEnvironment) -> None:
    assert request(prod, "/health", Host="10.244.0.7:5000")[:2] == (200, "OK")


def test_a_projected_token_is_read_before_each_call(
    prod: RunningEnvironment, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "token"
    path.write_text(prod.workloads.mint({"sub": "system:serviceaccount:a:serve", "aud": "x"}))
    monkeypatch.setenv("ECLUSE_TRACKING_TOKEN_FILE", str(path))
    monkeypatch.setenv("MLFLOW_TRACKING_AUTH", "")
    reader = client("unused")
    monkeypatch.delenv("MLFLOW_TRACKING_TOKEN")
    use_projected_token()
    refused(lambda: reader.get_registered_model(USE_CASE), "401")
    path.write_text(prod.workloads.workload("serve") + "\n")
    assert reader.get_registered_model(USE_CASE).name == USE_CASE
    use_tokens(lambda: prod.forge.person())
    assert reader.get_registered_model(USE_CASE).name == USE_CASE
