"""A day of traffic, as the model server sees it."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import ecluse.traffic
from ecluse.errors import KitError
from ecluse.land import Asked, Stores, land
from ecluse.server import read_list
from ecluse.traffic import Traffic, day, favoured, outcomes, play, records, replay

from .conftest import CONTRACT, People, Server, use_case

DAY = date(2026, 11, 23)


def made(asked: Traffic) -> list[dict[str, Any]]:
    return records(CONTRACT, day(asked, use_case(), "dev"))


@pytest.fixture
def serving(server: Server, monkeypatch: pytest.MonkeyPatch, stores: Stores) -> Server:
    """A model server that gives everyone .25, and landed rows of which a tenth has no age."""

    def reply(body: dict[str, Any]) -> dict[str, Any]:
        scored = [{"prediction_id": r["id"], "id": r["id"], "score": 0.25} for r in body["records"]]
        return {"model_version": "3", "predictions": scored}

    server.reply = reply
    for name, value in {"URL": server.url, "TOKEN": "t0ken"}.items():
        monkeypatch.setenv(f"ECLUSE_SERVING_{name}", value)

    class Some(People):
        def draw_day(self, rows: int, seed: int, environment: str, day: date) -> pd.DataFrame:
            frame = super().draw_day(rows, seed, environment, day)
            return frame.assign(age=frame["age"].mask(frame.index % 10 == 0))

    land(Asked(DAY, rows=1_000), use_case(population=Some()), stores)
    monkeypatch.setattr(ecluse.traffic, "training_data", lambda: stores.data)
    return server


def test_a_day_goes_out_in_batches(serving: Server) -> None:
    found = play(Traffic(DAY, rows=1_200), made(Traffic(DAY, rows=1_200)))
    assert (found["rows"], found["batches"], found["model_versions"]) == (1_200, 3, ["3"])
    assert {(path, token) for path, _, token in serving.requests} == {("/score", "Bearer t0ken")}
    times = [body["time"] for _, body, _ in serving.requests]
    assert times[0] == "2026-11-23T00:00:00+00:00" and max(times) < "2026-11-24"
    rows = [record for _, body, _ in serving.requests for record in body["records"]]
    assert len({record["id"] for record in rows}) == 1_200 and set(rows[0]) == {"id", *CONTRACT.inputs}
    assert any(record["age"] is None for record in rows)


def test_what_rows_turn_out_to_be_is_by_their_day_and_their_own_ids(serving: Server) -> None:
    asked = Traffic(DAY, rows=20)
    frame = day(asked, use_case(), "dev")
    labels = outcomes(asked, CONTRACT, frame)
    assert [label["id"] for label in labels] == [record["id"] for record in made(asked)]
    assert [label["label"] for label in labels] == frame[CONTRACT.target].to_list()
    assert {label["date"] for label in labels} == {"2026-11-23"}


def test_own_rows_drift_within_what_was_seen(serving: Server) -> None:
    clean, drifted = (replay(Traffic(DAY, name), CONTRACT, "dev") for name in ("clean", "drifted"))
    by = max(CONTRACT.numeric, key=lambda name: int(clean[name].nunique()))
    moved = (drifted[by].mean() - clean[by].mean()) / clean[by].std()
    assert 0.4 < moved < 1
    for name, categories in CONTRACT.categorical.items():
        assert set(drifted[name]) <= set(categories)


def test_categories_alone_can_drift() -> None:
    contract = type(CONTRACT)(target="left", id="who", categorical=CONTRACT.categorical)
    weights = favoured(contract.draw(100, np.random.default_rng(1)), contract)
    assert weights.sum() == pytest.approx(1) and sorted(set(weights.round(4))) == [0.002, 0.018]


def test_a_refusal_is_told(serving: Server) -> None:
    serving.status = 401
    with pytest.raises(KitError, match="HTTP 401"):
        play(Traffic(DAY, rows=10), made(Traffic(DAY, rows=10)))


def test_today_is_scored_by_the_servers_clock(serving: Server) -> None:
    rows = [{"id": str(number)} for number in range(501)]
    today = datetime.now(UTC).date()
    play(Traffic(today), rows)
    assert [body["time"] for _, body, _ in serving.requests] == [None, None]
    with pytest.raises(KitError, match="--date must not be after today"):
        play(Traffic(today + timedelta(days=2)), rows)


@pytest.mark.parametrize("asked", [Traffic(DAY, "rain"), Traffic(DAY, rows=0)])
def test_wrong_flags_send_nothing(serving: Server, asked: Traffic) -> None:
    with pytest.raises(KitError, match=r"--scenario must be|--rows must be"):
        play(asked, made(asked))
    assert serving.requests == []


def test_only_a_plain_list_of_records_is_sent(tmp_path: Path) -> None:
    """Code that may not send has written the file."""
    (tmp_path / "link").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "text").write_text('{"a": 1}')
    for name in ("link", "pipe", "text", "none"):
        with pytest.raises(KitError, match=f"--from .*{name}"):
            read_list(tmp_path / name)


def test_no_server(serving: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("ECLUSE_ENVIRONMENT", "dev")
    monkeypatch.delenv("ECLUSE_SERVING_URL", raising=False)
    with pytest.raises(KitError, match="ECLUSE_SERVING_URL is not set"):
        play(Traffic(DAY), [{"id": "1"}])
    with pytest.raises(KitError, match="there are no records"):
        play(Traffic(DAY), [])
    monkeypatch.setenv("ECLUSE_SERVING_URL", "http://127.0.0.1:9")
    with pytest.raises(KitError, match="no answer"):
        ecluse.traffic.send([], pd.Timestamp("2026-11-23").to_pydatetime())
