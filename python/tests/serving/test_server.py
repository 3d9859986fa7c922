"""The real model server before a real tracking server: what it serves, and all that it refuses."""

# pyright: reportUnknownLambdaType=false

import io
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest

from ecluse_core.container import Container
from ecluse_core.opening import open_container
from ecluse_monitor.store import read_labels
from ecluse_release.manifest import ManifestError, public_keys
from ecluse_serving.kept import KeptChampion
from ecluse_serving.registry import Registry, RegistryError
from tests.core.azurite import Permission
from tests.identity.tracking import SERVING, RunningEnvironment
from tests.release.training import CUSTOMERS, USE_CASE, Training, key_pair, train, version_of
from tests.serving.server import RECORD, Running, do_release, model_server, score
from tests.serving.test_metrics import samples

COMMIT = "a" * 40


@pytest.fixture(scope="module")
def server(prod: RunningEnvironment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A model server that starts before there is a champion."""
    folder = Path(tmp_path_factory.mktemp("serving"))
    inference_url = prod.store.url("inference", "write")
    with model_server(prod, folder, inference_url) as started:
        yield started


@pytest.fixture(scope="module")
def champion(prod: RunningEnvironment, server: Running) -> str:
    """Releases a champion through the running server, after it had none; gives the model's id."""
    monitor = prod.workloads.workload("monitor", SERVING)
    status, answer = score(server, monitor)
    assert (status, "no champion" in answer["error"]) == (503, True), answer
    model_id = train(prod, Training(COMMIT))
    do_release(prod, COMMIT, server)
    return model_id


def opened(prod: RunningEnvironment, container: str, permission: Permission) -> Container:
    return open_container("URL", {"URL": prod.store.url(container, permission)})


def blob_path(model_id: str, prod: RunningEnvironment) -> str:
    names = opened(prod, "artifacts", "read").etags()
    return next(name for name in names if f"{model_id}/artifacts/model.skops" in name)


def logged(prod: RunningEnvironment, server: Running, day: str) -> pl.DataFrame:
    """Every prediction that is logged for a day."""
    assert server.call("/flush", prod.forge.person(aud=SERVING), b"", "POST") == (200, {"flushed": True})
    container = opened(prod, "inference", "read")
    blobs = [container.read(name) for name in container.etags(f"{USE_CASE}/date={day}")]
    return pl.concat([pl.read_parquet(io.BytesIO(blob.content)) for blob in blobs])


def test_a_batch_is_scored_and_logged(prod: RunningEnvironment, server: Running, champion: str) -> None:
    monitor = prod.workloads.workload("monitor", SERVING)
    other = {**RECORD, "id": 7, "age": 20.0, "country": "Nowhere"}
    status, answer = score(server, monitor, RECORD, other, time="2026-04-01T12:00:00Z")
    assert status == 200, answer
    assert [p["id"] for p in answer["predictions"]] == ["c-1", "7"]
    assert answer["predictions"][0]["score"] > 0.5 > answer["predictions"][1]["score"]
    table = logged(prod, server, "2026-04-01")
    assert table["prediction_id"].to_list() == [p["prediction_id"] for p in answer["predictions"]]
    assert table["score"].to_list() == [p["score"] for p in answer["predictions"]]
    assert table["input_country"].to_list() == ["France", "Nowhere"]
    assert table["model_version"].unique().to_list() == [answer["model_version"]]
    assert champion


def test_labels_are_kept_for_whoever_may_score(
    prod: RunningEnvironment, server: Running, champion: str
) -> None:
    monitor = prod.workloads.workload("monitor", SERVING)
    status, answer = score(server, monitor, RECORD)
    assert status == 200, answer
    name = answer["predictions"][0]["prediction_id"]
    sent = json.dumps({"labels": [{"prediction_id": name, "label": 1}]}).encode()
    assert server.call("/labels", prod.forge.ci(audience=SERVING), sent)[0] == 403
    assert server.call("/flush", prod.forge.ci(audience=SERVING), b"", "POST")[0] == 403
    assert server.call("/labels", monitor, b"{}")[0] == 400
    assert server.call("/labels", monitor, sent) == (200, {"labels": 1})
    kept = read_labels(opened(prod, "inference", "read"), USE_CASE, datetime.now(UTC).date())
    assert kept.select("key", "label").rows() == [(name, 1.0)]
    assert champion


def test_health_is_open_and_says_no_secret(server: Running, champion: str) -> None:
    status, state = server.call("/health")
    assert (status, state["last_reload"]) == (200, "ok")
    assert set(state) == {"version", "last_reload"}
    assert server.call("/ready") == (200, state)
    # Numbers of what it does are for a Prometheus that the environment names.
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{server.url}/metrics", timeout=60)
    assert champion


def test_the_champion_is_shown_to_verified_callers(
    prod: RunningEnvironment, server: Running, champion: str
) -> None:
    status, shown = server.call("/champion", prod.forge.ci(audience=SERVING))
    assert (status, shown["commit"], shown["data_version"]) == (200, COMMIT, version_of(CUSTOMERS))
    assert (shown["kind"], shown["format"]) == ("classifier", "skops")
    assert "a list of system calls" in shown["confinement"]
    assert f"a model is confined by {shown['confinement']}" in server.log.read_text()
    assert server.call("/champion")[0] == 401
    assert champion


@pytest.mark.parametrize(
    ("token", "status", "reason"),
    [
        (lambda prod: None, 401, "no bearer token"),
        (lambda prod: prod.workloads.workload("monitor"), 401, "audience is not"),
        (lambda prod: prod.forge.ci(audience=SERVING, environment="dev"), 401, "environment 'dev'"),
        (lambda prod: prod.forge.ci(audience=SERVING), 403, "may not score"),
        (
            lambda prod: prod.workloads.workload("monitor", SERVING, "other-case"),
            403,
            "of use case other-case",
        ),
    ],
)
def test_others_do_not_score(
    prod: RunningEnvironment, server: Running, champion: str, token: Any, status: int, reason: str
) -> None:
    got, answer = score(server, token(prod))
    assert (got, reason in answer["error"]) == (status, True), answer
    assert champion


def test_only_the_release_reloads(prod: RunningEnvironment, server: Running, champion: str) -> None:
    for token, status in (
        (None, 401),
        (prod.forge.ci(audience=SERVING), 403),
        (prod.forge.person(aud=SERVING), 403),
    ):
        assert server.call("/reload", token, b"", "POST")[0] == status
    assert server.call("/reload", prod.forge.ci("release", SERVING), b"", "POST")[0] == 200
    assert champion


def test_a_wrong_value_is_named(prod: RunningEnvironment, server: Running, champion: str) -> None:
    status, answer = score(server, prod.forge.person(aud=SERVING), {**RECORD, "products": "two"})
    assert (status, answer["error"]) == (400, "records[0].products must be long, got 'two'")
    assert champion


@pytest.mark.parametrize(
    "body",
    [
        b'{"records": ' + b"[" * 200_000,
        b'{"records": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        json.dumps({"records": [{**RECORD, "age": 10**309}]}).encode(),
        json.dumps({"records": [{**RECORD, "id": "\ud800"}]}).encode(),
        json.dumps({"records": [RECORD], "time": "0001-01-01T00:00:00+14:00"}).encode(),
        b"\xff",
    ],
    ids=["open", "deep", "large", "surrogate", "year 1", "bytes"],
)
def test_a_hostile_body_is_the_callers_error(
    prod: RunningEnvironment, server: Running, champion: str, body: bytes
) -> None:
    status, answer = server.call("/score", prod.forge.person(aud=SERVING), body)
    assert (status, set(answer)) == (400, {"error"}), answer
    assert score(server, prod.forge.person(aud=SERVING))[0] == 200
    assert champion


def test_only_backdaters_choose_the_day(prod: RunningEnvironment, server: Running, champion: str) -> None:
    """Or a caller could poison what the monitor judges, or hide from it."""
    status, answer = score(server, prod.forge.person(aud=SERVING), time="2026-04-02T12:00:00Z")
    assert status == 200, answer
    (own,) = [each["prediction_id"] for each in answer["predictions"]]
    assert own in logged(prod, server, datetime.now(UTC).date().isoformat())["prediction_id"].to_list()
    assert opened(prod, "inference", "read").etags(f"{USE_CASE}/date=2026-04-02") == {}
    assert champion


def test_another_name_of_loopback_is_refused(server: Running) -> None:
    """A page of another site may point its own name there."""
    request = urllib.request.Request(f"{server.url}/health", headers={"Host": "evil.test"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    assert refused.value.code == 400
    local = server.url.replace("127.0.0.1", "localhost")
    request = urllib.request.Request(f"{server.url}/health", headers={"Host": local.removeprefix("http://")})
    assert urllib.request.urlopen(request, timeout=30).status == 200


def test_an_oversized_body_is_refused(prod: RunningEnvironment, server: Running, champion: str) -> None:
    status, _ = server.call("/score", prod.forge.person(aud=SERVING), b" " * (9 << 20))
    assert status == 413
    assert champion


def test_another_key_or_environment_or_use_case_is_refused(server: Running, champion: str) -> None:
    source = server.source
    with pytest.raises(ManifestError, match="not signed by this environment's release key"):
        replace(source, key=public_keys(key_pair()[1])).load()
    with pytest.raises(ManifestError, match="released for environment 'prod', not 'dev'"):
        replace(source, environment="dev").load()
    with pytest.raises(RegistryError, match="403"):
        registry = replace(cast(Registry, source.registry), workspace="other-case")
        replace(source, use_case="other-case", registry=registry).load()
    assert source.load().commit == COMMIT
    assert champion


def test_a_changed_byte_is_refused_and_the_former_goes_on(
    prod: RunningEnvironment, server: Running, champion: str
) -> None:
    name, token = blob_path(champion, prod), prod.forge.ci("release", SERVING)
    container = opened(prod, "artifacts", "read-write-delete")
    good = container.read(name).content
    bad = bytearray(good)
    bad[len(bad) // 2] ^= 1
    container.write(name, bytes(bad))
    status, answer = server.call("/reload", token, b"", "POST")
    reason = "the model is not the one that was released: model.skops has sha256"
    assert (status, reason in answer["error"]) == (409, True)
    assert score(server, prod.forge.person(aud=SERVING))[0] == 200
    # Not the health: the server may have asked again who is champion, which is the one that serves.
    assert f"champion refused: {reason}" in server.log.read_text()
    container.delete(name)
    assert server.call("/reload", token, b"", "POST")[0] == 409
    container.write(name, good)
    assert server.call("/reload", token, b"", "POST")[0] == 200


def test_changed_bytes_do_not_serve(prod: RunningEnvironment, server: Running, champion: str) -> None:
    """No client may change them; whoever reaches the store itself could."""
    store, name = opened(prod, "artifacts", "read-write"), blob_path(champion, prod)
    good = store.read(name).content
    for content, status in ((b"crafted", 409), (good, 200)):
        store.write(name, content)
        token = prod.forge.ci("release", SERVING)
        assert server.call("/reload", token, b"", "POST")[0] == status


def test_a_prediction_that_cannot_be_logged_is_not_given(
    prod: RunningEnvironment, champion: str, tmp_path: Path
) -> None:
    caller = prod.forge.person(aud=SERVING)
    with model_server(prod, tmp_path, prod.store.url("inference", "write")) as started:
        assert score(started, caller)[0] == 200
        assert started.call("/flush", caller, b"", "POST")[0] == 200
        folder = tmp_path / "serving" / "predictions"
        folder.rename(tmp_path / "gone")
        folder.write_text("no folder")
        status, answer = score(started, caller)
    assert (status, "predictions" in answer) == (503, False)
    assert answer["error"] == "predictions are not logged: the server's disk: Not a directory"
    assert champion


def test_a_store_that_takes_nothing_costs_no_request_and_what_waits_comes_after_a_restart(
    prod: RunningEnvironment, champion: str, tmp_path: Path
) -> None:
    caller = prod.forge.person(aud=SERVING)
    records = [{**RECORD, "id": f"waits-{number}"} for number in range(3)]
    given, url = list[str](), prod.store.url("inference", "read")
    with model_server(prod, tmp_path, url, ECLUSE_SERVING_METRICS="true") as started:
        for record in records:
            status, answer = score(started, caller, record)
            assert status == 200, answer
            given += [each["prediction_id"] for each in answer["predictions"]]
        status, answer = started.call("/flush", caller, b"", "POST")
        assert (status, "403, AuthorizationPermissionMismatch" in answer["error"]) == (503, True), answer
        with urllib.request.urlopen(f"{started.url}/metrics", timeout=60) as response:
            metrics = samples(response.read())
        assert metrics["ecluse_serving_requests_total", "/score", "200"] == 3
        assert metrics["ecluse_serving_predictions_total",] == 3
        assert metrics["ecluse_serving_waiting_bytes",] > 1_000
    with model_server(prod, tmp_path, prod.store.url("inference", "write")) as started:
        table = logged(prod, started, datetime.now(UTC).date().isoformat())
    assert [table["prediction_id"].to_list().count(each) for each in given] == [1, 1, 1]
    assert champion


def test_a_restarted_server_serves_its_champion_while_the_tracking_server_is_away(
    prod: RunningEnvironment, champion: str, tmp_path: Path
) -> None:
    away, url = replace(prod, url="http://127.0.0.1:9"), prod.store.url("inference", "write")
    caller = prod.forge.person(aud=SERVING)
    with model_server(prod, tmp_path, url) as started:
        expected = score(started, caller)
    with model_server(away, tmp_path, url) as started:
        assert started.call("/health")[1]["last_reload"] == "refused"
        assert score(started, caller) == expected
        kept = replace(started.source, registry=KeptChampion(tmp_path / "serving" / "champion"))
    assert kept.load().model_id == champion
    with pytest.raises(ManifestError, match="not signed by this environment's release key"):
        replace(kept, key=public_keys(key_pair()[1])).load()
    with (tmp_path / "serving" / "champion" / "files" / "model.skops").open("r+b") as file:
        file.write(b"crafted")
    with pytest.raises(ManifestError, match=r"not the one that was released: model.skops has sha256"):
        kept.load()


def test_requests_at_the_same_time_each_get_their_own(
    prod: RunningEnvironment, server: Running, champion: str
) -> None:
    caller = prod.forge.person(aud=SERVING)
    records = [{**RECORD, "id": f"own-{age}", "age": float(age)} for age in range(20, 80)]
    _, alone = score(server, caller, *records)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda record: score(server, caller, record), records))
    assert [status for status, _ in answers] == [200] * len(records)
    assert [answer["predictions"][0] for _, answer in answers] == alone["predictions"]
    assert champion


def test_a_request_under_a_key_is_answered_as_before(
    prod: RunningEnvironment, server: Running, champion: str
) -> None:
    caller, body = prod.forge.person(aud=SERVING), {"records": [{**RECORD, "id": "key"}]}
    first = server.ask("/score", caller, body, Idempotency_Key="k-1", X_Request_Id="r-1")
    again = server.ask("/score", caller, body, Idempotency_Key="k-1", X_Request_Id="not one!")
    assert first[:2] == again[:2] and first[0] == 200
    assert (first[2]["Idempotency-Replayed"], again[2]["Idempotency-Replayed"]) == (None, "true")
    assert first[2]["X-Request-Id"] == "r-1"
    assert re.fullmatch("[0-9a-f]{12}-[0-9]+", again[2]["X-Request-Id"] or "")
    assert server.ask("/score", caller, {"records": [RECORD]}, Idempotency_Key="k-1")[0] == 422
    assert server.ask("/score", caller, body, Idempotency_Key="no key")[0] == 400
    refused = server.ask("/score", None, body, X_Request_Id="r-2")
    assert (refused[0], refused[2]["X-Request-Id"]) == (401, "r-2")
    assert "(request r-2)" in server.log.read_text()
    steps = server.ask("/score", caller, body)[2]["Server-Timing"] or ""
    assert re.fullmatch(r"wait;dur=[\d.]+, model;dur=[\d.]+, log;dur=[\d.]+", steps)
    assert champion


def test_an_explanation_adds_up_and_is_no_answer_to_who_asked_for_none(
    prod: RunningEnvironment, server: Running, champion: str
) -> None:
    person = prod.forge.person(aud=SERVING)
    status, answer, _ = server.ask(
        "/score?explain=true", person, {"records": [RECORD]}, Idempotency_Key="why"
    )
    assert status == 200, answer
    [prediction] = answer["predictions"]
    why = prediction["explanation"]
    effects = {each["input"]: each["effect"] for each in why["reasons"]}
    assert effects.keys() == {"age", "balance", "products", "country"}
    assert sum(effects.values()) + why["rest"] == pytest.approx(prediction["score"] - why["usual_score"])
    # By the rule of this data nothing else matters so much for who is fifty.
    usual = {each["input"]: each["usual"] for each in why["reasons"]}
    learnt = pl.concat(CUSTOMERS.table(day) for day in CUSTOMERS.dates[:-1])
    assert usual["country"] in ("France", "Spain") and usual["products"] in (2, 3)
    assert usual["age"] == learnt["age"].quantile(0.5, "lower")
    assert "explanation" not in score(server, person)[1]["predictions"][0]
    status, refused, _ = server.ask("/score", person, {"records": [RECORD]}, Idempotency_Key="why")
    assert (status, "another body" in refused["error"]) == (422, True)
    many = {"records": [{**RECORD, "id": n} for n in range(101)]}
    for path, body in (("/score?explain=true", many), ("/score?explain=maybe", {"records": [RECORD]})):
        status, refused = server.call(path, person, body)
        assert (status, "explain" in refused["error"]) == (400, True)


def test_no_token_is_in_the_log(prod: RunningEnvironment, server: Running) -> None:
    token = prod.forge.person(aud=SERVING)
    score(server, token)
    time.sleep(0.2)
    text = server.log.read_text()
    assert "ecluse.access" in text
    assert "eyJ" not in text
    assert "sig=" not in text
