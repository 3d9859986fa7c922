"""Erasure: what the log has of a person goes, nothing else does, and a record stays that names nobody."""

import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from obstore.store import LocalStore

from ecluse_core.container import Container
from ecluse_core.opening import open_container
from ecluse_monitor import erasure
from ecluse_monitor.__main__ import main
from ecluse_monitor.compaction import Compacted, compact
from ecluse_monitor.erasure import Wanted, erase
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.store import read_labels
from tests.core.azurite import Azurite
from tests.monitor.conftest import read_day
from tests.monitor.test_compaction import Dying

DAYS = (date(2026, 11, 1), date(2026, 11, 2))


@pytest.fixture
def inference(tmp_path: Path) -> Container:
    """Two days of two blobs each, in which `c-7` is twice a day, with labels of both ways to name one."""
    container = Container(LocalStore(tmp_path))
    fill(container)
    return container


def fill(container: Container) -> None:
    for number, day in enumerate(DAYS):
        for blob in (0, 1):
            rows = [predicted(day, each, blob) for each in range(blob * 10 + 1, blob * 10 + 11)]
            put(container, f"date={day}/{blob}", pl.DataFrame([*rows, predicted(day, 7, blob)]))
        named = [{"prediction_id": f"{day}-7-0", "id": None, "date": None}]
        named += [{"prediction_id": None, "id": name, "date": day} for name in ("c-7", "c-8")]
        schema = {"prediction_id": pl.String, "id": pl.String, "date": pl.Date}
        labels = pl.DataFrame(named, schema=schema).with_columns(
            label=pl.lit(1.0), time=pl.lit(datetime(2026, 11, 20, number, tzinfo=UTC))
        )
        put(container, f"labels/date=2026-11-20/{number}", labels)


def predicted(day: date, number: int, blob: int) -> dict[str, Any]:
    return {"prediction_id": f"{day}-{number}-{blob}", "id": f"c-{number}", "input_x": float(number)}


def put(container: Container, name: str, rows: pl.DataFrame) -> None:
    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    container.write(f"churn/{name}.parquet", buffer.getvalue())


def logged(container: Container) -> pl.DataFrame:
    return pl.concat(read_day(container, "churn", day) for day in DAYS).sort("prediction_id")


def labels(container: Container) -> list[str]:
    return sorted(read_labels(container, "churn", DAYS[0])["key"])


def everything(container: Container) -> bytes:
    return b"".join(container.read(name).content for name in container.sizes("churn"))


@pytest.mark.parametrize("compacted", [False, True])
def test_all_of_an_id_goes_with_its_labels_and_nothing_else(inference: Container, compacted: bool) -> None:
    if compacted:
        compact(inference, "churn", 2, DAYS[1])
    before = logged(inference)
    done = erase(inference, "churn", Wanted(id="c-7"), "ada")
    assert (done.predictions, done.labels) == (4, 4)
    assert logged(inference).equals(before.filter(pl.col("id") != "c-7")) and before.height == 42
    assert labels(inference) == [f"{day}/c-8" for day in DAYS]
    again = erase(inference, "churn", Wanted(id="c-7"), "ada")
    assert (again.predictions, again.labels) == (0, 0)


def test_one_prediction_goes_and_the_label_that_is_anothers_too_stays(inference: Container) -> None:
    before, (first, second) = logged(inference), (f"{DAYS[0]}-7-{blob}" for blob in (0, 1))
    done = erase(inference, "churn", Wanted(prediction_id=first), "ada")
    assert (done.predictions, done.labels) == (1, 1)
    assert logged(inference).equals(before.filter(pl.col("prediction_id") != first))
    assert f"{DAYS[0]}/c-7" in labels(inference)
    assert erase(inference, "churn", Wanted(prediction_id=second), "ada").labels == 1
    assert f"{DAYS[0]}/c-7" not in labels(inference) and f"{DAYS[1]}/c-7" in labels(inference)


def test_a_blob_of_nobody_else_is_deleted_and_a_label_without_its_prediction_too(
    inference: Container,
) -> None:
    put(inference, f"date={DAYS[0]}/own", pl.DataFrame([predicted(DAYS[0], 99, 0)]))
    orphan = {"prediction_id": "long-gone", "label": 1.0, "time": datetime(2026, 11, 20, tzinfo=UTC)}
    put(inference, "labels/date=2026-11-20/orphan", pl.DataFrame([orphan]))
    erase(inference, "churn", Wanted(id="c-99"), "ada")
    erase(inference, "churn", Wanted(prediction_id="long-gone"), "ada")
    names = {name.rpartition("/")[2] for name in inference.sizes("churn") if "erasures" not in name}
    assert names == {"0.parquet", "1.parquet"}


def test_the_record_says_who_when_and_how_many_and_not_whom(inference: Container) -> None:
    erase(inference, "churn", Wanted(id="c-7"), "ada")
    (name,) = inference.sizes("churn/erasures")
    record = json.loads(inference.read(name).content)
    assert (record["by"], record["predictions"], record["labels"]) == ("ada", 4, 4)
    assert datetime.fromisoformat(record["at"]) <= datetime.fromisoformat(record["ended"])
    assert set(record) == {"by", "at", "ended", "searches", "predictions", "labels"}
    assert "c-7" not in f"{record}{name}" and b"c-7" not in everything(inference)


@pytest.mark.parametrize("dies_at", range(1, 16))
def test_a_run_that_is_killed_loses_nothing_and_the_next_one_ends_it(
    inference: Container, dies_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "THREADS", 1)
    others = logged(inference).filter(pl.col("id") != "c-7")
    with pytest.raises(KeyboardInterrupt):
        erase(Dying(inference.store, dies_at=dies_at), "churn", Wanted(id="c-7"), "ada")
    assert logged(inference).filter(pl.col("id") != "c-7").equals(others)
    assert set(labels(inference)) >= {f"{day}/c-8" for day in DAYS}
    erase(inference, "churn", Wanted(id="c-7"), "ada")
    assert logged(inference).equals(others) and labels(inference) == [f"{day}/c-8" for day in DAYS]
    assert b"c-7" not in everything(inference)


@dataclass(frozen=True)
class Crossed(Container):
    """Does something else before its first change of the log."""

    other: Callable[[], object] = lambda: None
    begun: list[str] = field(default_factory=list[str])

    def write(self, name: str, content: bytes, replacing: str | None = None) -> str:
        if "/date=" in name and not self.begun:
            self.begun.append(name)
            self.other()
        return Container.write(self, name, content, replacing)


def test_a_compaction_that_read_before_brings_nothing_back(inference: Container) -> None:
    others = logged(inference).filter(pl.col("id") != "c-7")
    crossed = Crossed(inference.store, other=lambda: erase(inference, "churn", Wanted(id="c-7"), "ada"))
    assert compact(crossed, "churn", 2, DAYS[1]) == Compacted(0, 0)
    assert logged(inference).equals(others) and b"c-7" not in everything(inference)
    assert compact(inference, "churn", 2, DAYS[1]) == Compacted(4, 2)
    assert logged(inference).equals(others)


def test_a_compaction_meanwhile_hides_nothing(inference: Container) -> None:
    others = logged(inference).filter(pl.col("id") != "c-7")
    crossed = Crossed(inference.store, other=lambda: compact(inference, "churn", 2, DAYS[1]))
    erase(crossed, "churn", Wanted(id="c-7"), "ada")
    assert logged(inference).equals(others) and b"c-7" not in everything(inference)


@pytest.mark.parametrize("folder", [f"date={DAYS[0]}", "labels/date=2026-11-20"])
def test_what_nobody_can_read_is_an_error_and_no_success(inference: Container, folder: str) -> None:
    inference.write(f"churn/{folder}/bad.parquet", b"no parquet")
    with pytest.raises(MonitorError, match=rf"blob churn/{folder}/bad.parquet is no Parquet .* remove it"):
        erase(inference, "churn", Wanted(id="c-7"), "ada")


@pytest.mark.parametrize("given", [{}, {"id": "a", "prediction_id": "b"}, {"id": ""}])
def test_a_call_names_one_of_both(given: dict[str, str]) -> None:
    with pytest.raises(MonitorError, match="either --id or --prediction"):
        Wanted(**given)


def test_the_command_erases_by_the_right_of_compaction(
    azurite: Azurite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    container = azurite.make_any()
    reading = open_container("URL", {"URL": azurite.url(container, "read")})
    url = azurite.url(container, "read-write-delete")
    fill(open_container("URL", {"URL": url}))
    monkeypatch.setenv("ECLUSE_USE_CASE", "churn")
    monkeypatch.setenv("ECLUSE_INFERENCE_URL", url)
    assert main(["erase", "--id", "c-7", "--by", " "]) == 70
    assert main(["erase", "--by", "ada"]) == 70
    assert "c-7" in set(logged(reading)["id"])
    assert main(["erase", "--id", "c-7", "--by", "ada"]) == 0
    assert "4 predictions and 4 labels are erased" in capsys.readouterr().out
    assert "c-7" not in set(logged(reading)["id"])


ROWS = [
    {"prediction_id": f"p-{number}", "id": f"c-{number}", "distance": 9.0, "columns": []}
    for number in range(3)
]


def test_reports_and_parts_of_days_show_it_no_more(
    azurite: Azurite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    container = azurite.make_any()
    monkeypatch.setenv("ECLUSE_USE_CASE", "churn")
    monkeypatch.setenv("ECLUSE_REPORTS_URL", azurite.url(container, "read-write"))
    reports = open_container("ECLUSE_REPORTS_URL", os.environ)
    report = {"use_case": "churn", "as_of": "2026-11-01", "format": 1, "findings": []}
    kept: dict[str, dict[str, Any]] = {
        "2026-11-01.json": {**report, "anomalies": {"rows": 5, "worst": ROWS}},
        "2026-11-02.json": {**report, "as_of": "2026-11-02", "anomalies": None},
        "sketches/3/2026-11-01/r-0-of-2.json": {"sample": {"far": [{"key": 1, "row": row} for row in ROWS]}},
        "state.json": {"alerts": {}},
    }
    for name, document in kept.items():
        reports.write(f"churn/monitor/{name}", json.dumps(document).encode())
    reports.write("churn/monitor/2026-11-01.html", b"c-0 c-1 c-2")
    assert main(["erase-reports", "--id", "c-1"]) == 0
    assert main(["erase-reports", "--prediction", "p-2"]) == 0
    assert capsys.readouterr().out.splitlines() == ["2 rows are erased from reports"] * 2
    for name, left in (("2026-11-01.json", ["c-0"]), ("sketches/3/2026-11-01/r-0-of-2.json", ["c-0"])):
        text = reports.read(f"churn/monitor/{name}").content.decode()
        assert [f"c-{number}" for number in range(3) if f'"c-{number}"' in text] == left
    assert b"Erased" in reports.read("churn/monitor/2026-11-01.html").content
    for name in ("2026-11-02.json", "state.json"):
        assert json.loads(reports.read(f"churn/monitor/{name}").content) == kept[name]
    reports.write("churn/monitor/2026-11-03.json", b"damaged")
    assert main(["erase-reports", "--id", "c-0"]) == 70
    assert "2026-11-03.json is no JSON" in capsys.readouterr().out
