"""The scheduler's tokens and runs."""

import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm

from ecluse_local.scheduler import Job, Plan, Projection, Runs, Schedules, Token, mint, project, thumbprint

KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_a_token_is_for_one_audience_and_ten_minutes() -> None:
    text = mint(
        "https://dev.ecluse.local",
        PEM,
        thumbprint(PEM),
        Token(subject="serve", audience="tracking", file="unused"),
    )
    claims = jwt.decode(
        text, KEY.public_key(), ["ES256"], audience="tracking", issuer="https://dev.ecluse.local"
    )
    assert (claims["sub"], claims["exp"] - claims["iat"]) == ("serve", 600)
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(text, KEY.public_key(), ["ES256"], audience="forge")


def test_the_key_id_is_the_rfc_7638_thumbprint() -> None:
    jwk = json.loads(ECAlgorithm.to_jwk(KEY.public_key()))
    assert thumbprint(PEM) == thumbprint(PEM) and set("=+/").isdisjoint(thumbprint(PEM))
    assert len(thumbprint(PEM)) == 43 and jwk["crv"] == "P-256"


def test_a_projected_token_is_private_and_never_half(tmp_path: Path) -> None:
    file = tmp_path / "tokens" / "serve"
    project(file, "one")
    project(file, "two")
    assert file.read_text() == "two" and file.stat().st_mode & 0o777 == 0o600
    assert os.listdir(file.parent) == ["serve"]


def test_a_job_runs_once_at_a_time(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    mark = tmp_path / "mark"
    code = f"import time; open({str(mark)!r}, 'a').write('x'); time.sleep(.5)"
    job = Job(name="watch", cron="* * * * *", command=[sys.executable, "-c", code], env={})
    runs = Runs()
    runs.start(job)
    runs.start(job)
    until = time.monotonic() + 20
    while "ended with 0" not in (said := capfd.readouterr().out) and time.monotonic() < until:
        runs.settle()
        time.sleep(0.05)
    assert "ended with 0" in said
    assert mark.read_text() == "x"


NOON = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)
HOURLY = Job(name="watch", cron="0 * * * *", command=[], env={})


def test_a_job_is_due_once_at_its_time() -> None:
    plan = Plan((HOURLY,), NOON)
    minutes = [NOON + timedelta(minutes=minute) for minute in range(120)]
    assert [at.hour for at in minutes if plan.take(at)] == [13, 14]


def test_a_clock_that_was_set_back_stops_no_job() -> None:
    plan = Plan((HOURLY,), NOON + timedelta(days=3650))
    assert plan.take(NOON) == []
    assert plan.take(NOON + timedelta(minutes=30)) == [HOURLY]


def test_a_clock_that_jumps_ahead_starts_a_job_once() -> None:
    plan = Plan((HOURLY,), NOON)
    assert plan.take(NOON + timedelta(days=30)) == [HOURLY]
    assert plan.take(NOON + timedelta(days=30, seconds=1)) == []


@pytest.mark.parametrize(
    ("later", "renewed"), [(60, False), (121, True), (3600, True), (-5, True), (-(10**8), True)]
)
def test_tokens_are_renewed_by_the_clock_that_judges_them(tmp_path: Path, later: int, renewed: bool) -> None:
    file = tmp_path / "token"
    token = Token(subject="serve", audience="tracking", file=str(file))
    projection = Projection(Schedules(issuer="https://dev.ecluse.local", tokens=(token,), jobs=()), PEM)
    now = time.time()
    projection.renew(now)
    first = file.read_text()
    projection.renew(now + later)
    assert (file.read_text() != first) is renewed


def test_a_token_that_cannot_be_written_is_said_and_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").write_text("in the way")
    token = Token(subject="serve", audience="tracking", file=str(tmp_path / "folder/token"))
    projection = Projection(Schedules(issuer="https://dev.ecluse.local", tokens=(token,), jobs=()), PEM)
    projection.renew(time.time())
    assert f"{tmp_path}/folder" in capsys.readouterr().out
    (tmp_path / "folder").unlink()
    projection.renew(time.time())
    assert (tmp_path / "folder/token").exists()
