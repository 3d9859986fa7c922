"""What the pods of an environment run, as processes: each with its image's packages only, as another user."""

import http.client
import json
import os
import secrets
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import polars as pl
import psycopg2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ecluse_monitor.baseline import build_baseline
from ecluse_release.release import release
from ecluse_release.settings import Settings
from tests.core.azurite import azurite
from tests.identity.entra import Entra, entra, take_tokens, token_of
from tests.identity.pods import Cluster
from tests.identity.postgres import Postgres, postgres
from tests.identity.tracking import (
    GRANTS,
    SERVING,
    TRACKING,
    RunningEnvironment,
    TokenIssuer,
    identity_document,
    jwks_server,
)
from tests.processes import free_port
from tests.release.training import Training, customers, key_pair, land_data, release_variables, train

USE_CASE, NAMESPACE, COMMIT = "bank-churn", "prod-bank-churn", "c" * 40
ADMINISTRATOR, OWNER, WRITER = (f"00000000-0000-0000-0000-00000000000{n}" for n in range(3))
HOSTS = "tracking.prod-platform.svc.cluster.local:5000,tracking.prod.test"
PRIVATE, PUBLIC = key_pair()


@dataclass(frozen=True)
class Environment:
    """A running tracking server as the cluster runs it, and what the other pods are started with."""

    cluster: Cluster
    database: Postgres
    environment: RunningEnvironment
    reports: str

    def pod_token(self, account: str, audience: str) -> str:
        """A ServiceAccount's projected token: RS256, and its audience is a list."""
        subject = f"system:serviceaccount:{NAMESPACE}:{account}"
        return self.environment.workloads.mint({"sub": subject, "aud": [audience]})

    def token_file(self, account: str) -> str:
        """A file with the projected token for the tracking server."""
        path = self.cluster.tmp / f"{account}.token"
        path.write_text(self.pod_token(account, TRACKING))
        return str(path)


def databases(server: Postgres, role: str) -> dict[str, str]:
    """The variables by which a pod finds and enters its databases."""
    names = {f"ECLUSE_{name.upper()}_DATABASE": server.uri(role, name) for name in ("tracking", "auth")}
    return {**names, "ECLUSE_DATABASE_LOGIN": "entra", "ECLUSE_ENVIRONMENT": "prod"}


def prepare(cluster: Cluster, server: Postgres, tokens: Entra) -> None:
    """Runs the two Jobs that come before the tracking server."""
    roles = {
        "owner": {"name": "prepare", "object_id": OWNER},
        "writer": {"name": "tracking", "object_id": WRITER},
    }
    admin = {"ECLUSE_ADMIN_DATABASE": server.uri("deployer", "postgres"), "ECLUSE_DATABASE_LOGIN": "entra"}
    admin |= {"ECLUSE_DATABASE_ROLES": json.dumps({"databases": ["tracking", "auth"], **roles})}
    azure = tokens.environment(ADMINISTRATOR, cluster.tmp)
    done = cluster.run("database-admin", ECLUSE_ENVIRONMENT="prod", **admin, **azure)
    assert done.returncode == 0, done.stderr
    own = {"ECLUSE_GRANTS": json.dumps(GRANTS), "ECLUSE_DATABASE_WRITER": "tracking"}
    azure = tokens.environment(OWNER, cluster.tmp)
    done = cluster.run("prepare", **own, **databases(server, "prepare"), **azure)
    assert done.returncode == 0, done.stderr


def identity(forge: TokenIssuer, jwks_uri: str, workloads: TokenIssuer, audience: str) -> str:
    """The callers that the servers trust, as on a cluster that other environments share."""
    document: dict[str, Any] = json.loads(
        identity_document(forge.issuer, jwks_uri, workloads.jwks(), audience)
    )
    document["issuers"][2]["namespaces"] = {NAMESPACE: {"use_case": USE_CASE, "roles": ["serve", "monitor"]}}
    return json.dumps(document)


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """The environment, its Jobs done and its tracking server up, with a released champion."""
    folder = Path(tmp_path_factory.mktemp("prod"))
    for parent in (folder.parent, folder.parent.parent):
        parent.chmod(0o755)
    cluster, port = Cluster(folder), free_port()
    key = rsa.generate_private_key(65537, 2048)
    forge, workloads = TokenIssuer("http://forge.test"), TokenIssuer("https://cluster.test", "pods", key)
    with (
        postgres() as server,
        entra(server.tls) as tokens,
        azurite(folder / "blobs", "prod") as store,
        jwks_server(forge.jwks()) as jwks_uri,
    ):
        server.folder.chmod(0o755)
        take_tokens(server, ADMINISTRATOR, ["tracking", "auth"])
        prepare(cluster, server, tokens)
        store.make("artifacts", "data", "holdout", "inference", "reports")
        trusted = [identity(forge, jwks_uri, workloads, audience) for audience in (TRACKING, SERVING)]
        variables = {
            "ECLUSE_HOST": "127.0.0.1",
            "ECLUSE_PORT": str(port),
            "ECLUSE_IDENTITY": trusted[0].replace("https://prod.ecluse.local", workloads.issuer),
            "ECLUSE_ALLOWED_HOSTS": HOSTS,
            "MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS": "false",
            "ECLUSE_ARTIFACTS": store.artifacts,
            "ECLUSE_SESSION_KEY": secrets.token_urlsafe(32),
            **store.credentials,
        }
        azure = tokens.environment(WRITER, cluster.tmp)
        with cluster.server("tracking", **variables, **databases(server, "tracking"), **azure) as url:
            serving = trusted[1].replace("https://prod.ecluse.local", workloads.issuer)
            environment = RunningEnvironment(url, forge, workloads, serving, store, folder)
            released(environment)
            yield Environment(cluster, server, environment, environment.store.url("reports", "read-write"))


def released(environment: RunningEnvironment) -> None:
    """Trains with a baseline, and releases, as the pipeline's jobs do."""
    land_data(environment)
    model = train(environment, Training(COMMIT))
    reference = customers("2026-03-01").select(
        pl.col("age", "balance", "products", "country").name.prefix("input_")
    )
    reference = reference.with_columns(score=pl.lit(0.5), model_version=pl.lit("1"))
    run = mlflow.MlflowClient().get_logged_model(model).source_run_id
    mlflow.MlflowClient().log_dict(str(run), dict(build_baseline(reference, {})), "monitor/baseline.json")
    variables = release_variables(environment, COMMIT, PRIVATE)
    os.environ["MLFLOW_TRACKING_TOKEN"] = variables["MLFLOW_TRACKING_TOKEN"]
    outcome = release(Settings.read(variables))
    assert outcome.released, outcome


def asked(url: str, path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    connection.request("GET", path, headers=headers)
    return connection.getresponse().status


def posted(url: str, path: str, token: str, body: object) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(f"{url}{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def test_the_tracking_server_answers_probes_and_refuses_strangers(prod: Environment) -> None:
    url = prod.environment.url
    assert asked(url, "/health", Host="10.244.0.7:5000") == 200
    assert asked(url, "/version") == 401
    token = prod.pod_token("serve", TRACKING)
    path = f"/api/2.0/mlflow/registered-models/get?name={USE_CASE}"
    headers = {"Authorization": f"Bearer {token}", "X-MLFLOW-WORKSPACE": USE_CASE}
    assert asked(url, path, **headers) == 200
    assert asked(url, path, **headers, Host="tracking.prod-platform.svc.cluster.local:5000") == 200
    assert asked(url, path, **headers, Host="evil.test") == 403
    foreign = prod.environment.workloads.mint(
        {"sub": "system:serviceaccount:dev-bank-churn:serve", "aud": [TRACKING]}
    )
    assert asked(url, path, **{**headers, "Authorization": f"Bearer {foreign}"}) == 401


@pytest.mark.parametrize(
    ("database", "statement"),
    [
        ("tracking", "DROP TABLE runs"),
        ("tracking", "ALTER TABLE runs ADD COLUMN extra text"),
        ("tracking", "CREATE TABLE mine (id int)"),
        ("tracking", "TRUNCATE metrics"),
        ("auth", "DROP TABLE users"),
        ("auth", "CREATE SCHEMA mine"),
    ],
)
def test_the_servers_role_reads_and_writes_and_no_more(
    prod: Environment, database: str, statement: str
) -> None:
    connection = psycopg2.connect(
        host="127.0.0.1",
        port=prod.database.port,
        user="tracking",
        dbname=database,
        password=token_of(WRITER),
        sslmode="verify-full",
        sslrootcert=prod.database.tls.authority,
    )
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        connection.cursor().execute(statement)
    connection.close()


def test_no_secret_is_said(prod: Environment) -> None:
    said = prod.cluster.log("tracking")
    assert "ecluse.access" in said
    assert not [secret for secret in (token_of(WRITER), prod.environment.store.key) if secret in said]


def test_the_model_server_scores_and_the_monitor_reads_it(prod: Environment) -> None:
    variables = {
        "ECLUSE_ENVIRONMENT": "prod",
        "ECLUSE_USE_CASE": USE_CASE,
        "MLFLOW_TRACKING_URI": prod.environment.url,
        "MLFLOW_WORKSPACE": USE_CASE,
    }
    server = {
        "ECLUSE_HOST": "127.0.0.1",
        "ECLUSE_PORT": str(free_port()),
        "ECLUSE_IDENTITY": prod.environment.serving_identity,
        "ECLUSE_SERVING_CALLERS": '["person:*"]',
        "ECLUSE_TRACKING_TOKEN_FILE": prod.token_file("serve"),
        "ECLUSE_SERVING_FOLDER": str(prod.environment.folder / "serving"),
        "ECLUSE_SIGNING_PUBLIC_KEY": PUBLIC,
        "ECLUSE_INFERENCE_URL": prod.environment.store.url("inference", "write"),
    }
    with prod.cluster.server("serve", **variables, **server) as url:
        assert posted(url, "/reload", prod.environment.forge.ci("release", SERVING), {})["version"] == "1"
        record = {"id": "c-1", "age": 50.0, "balance": None, "products": 1, "country": "France"}
        answer = posted(url, "/score", prod.environment.forge.person(aud=SERVING), {"records": [record]})
        assert answer["predictions"][0]["id"] == "c-1"
    job = {
        "ECLUSE_TRACKING_TOKEN_FILE": prod.token_file("monitor"),
        "ECLUSE_INFERENCE_URL": prod.environment.store.url("inference", "read"),
        "ECLUSE_REPORTS_URL": prod.reports,
    }
    done = prod.cluster.run("monitor", **variables, **job)
    # Yesterday there was nobody: a report says so, by the code for too little data.
    assert done.returncode == 30, done.stdout + done.stderr
    assert f"{USE_CASE} in prod on " in done.stdout
