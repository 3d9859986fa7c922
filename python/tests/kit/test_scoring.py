"""The rows of a file, by a model server that answers in memory."""

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import ecluse.scoring
from ecluse.__main__ import main
from ecluse.errors import KitError
from ecluse.scoring import batches, read_records, score_file

from .conftest import Server

INPUTS: dict[str, dict[str, Any]] = {
    "country": {"type": ["string", "null"]},
    "note": {"type": "string"},
    "age": {"type": ["number", "null"], "format": "double"},
    "visits": {"type": "integer", "format": "int64"},
    "member": {"type": ["boolean", "null"]},
}
DOCUMENT = {
    "properties": {"id": {}, **INPUTS},
    "required": ["id", *(name for name, schema in INPUTS.items() if isinstance(schema["type"], str))],
}
GOOD = "id,country,note,age,visits,member,spare\n007,NA,,,9007199254740993,true,x\n8,,hello,3.5,2.0,,y\n"


@pytest.fixture
def serving(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A model server that gives each row its place among all; the champion changes after five rows."""
    seen = list[str]()

    def reply(body: dict[str, Any] | None) -> dict[str, Any]:
        if body is None:
            items = {"records": {"items": DOCUMENT}}
            content = {"application/json": {"schema": {"properties": items}}}
            return {"paths": {"/score": {"post": {"requestBody": {"content": content}}}}}
        seen.extend(record["id"] for record in body["records"])
        rows = [
            {"prediction_id": f"p-{each}", "id": each, "score": seen.index(each)}
            for each in (record["id"] for record in body["records"])
        ]
        return {"model_version": "3" if len(seen) <= 5 else "4", "predictions": rows}

    server.reply = reply
    monkeypatch.setenv("ECLUSE_SERVING_URL", server.url)
    monkeypatch.setenv("ECLUSE_SERVING_TOKEN", "t0ken")
    monkeypatch.setattr(ecluse.scoring, "BATCH", 2)
    return server


def write(path: Path, rows: int) -> Path:
    lines = [f"{row},FR,n,30,1,false" for row in range(rows)]
    path.write_text("\n".join(["id,country,note,age,visits,member", *lines]))
    return path


def keys(serving: Server) -> list[str]:
    return [
        found for (path, _, _), found in zip(serving.requests, serving.keys, strict=True) if path == "/score"
    ]


def test_a_value_is_what_the_model_takes(serving: Server, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(GOOD)
    first, second = read_records(path, ecluse.scoring.model_inputs())
    assert first == {
        **{"id": "007", "country": "NA", "note": "", "age": None},
        **{"visits": 9007199254740993, "member": True},
    }
    assert second == {
        **{"id": "8", "country": None, "note": "hello", "age": 3.5},
        **{"visits": 2, "member": None},
    }
    numbers = {"age": [None, 3.5], "visits": [9007199254740993, 2], "member": [True, None]}
    texts = {"id": ["007", "8"], "country": ["NA", None], "note": [None, "hello"]}
    pd.DataFrame({**texts, **numbers}).to_parquet(tmp_path / "rows.parquet")
    same = read_records(tmp_path / "rows.parquet", ecluse.scoring.model_inputs())
    assert same == [first, second]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("age", "old", r"column age, row 1: 'old'.*use a number"),
        ("age", "1e999", "use a number"),
        ("visits", "1.5", "use a whole number"),
        ("visits", "", r"column visits, row 1: ''.*takes no null"),
        ("member", "perhaps", "use true or false"),
        ("id", "", "give each row its own id"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_sent(
    serving: Server, tmp_path: Path, name: str, value: str, message: str
) -> None:
    row = {
        **{"id": "1", "country": "FR", "note": "n", "age": "1", "visits": "1", "member": "true"},
        name: value,
    }
    path = tmp_path / "rows.csv"
    path.write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    with pytest.raises(KitError, match=message):
        score_file(path, tmp_path / "out.csv")
    assert keys(serving) == [] and not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_each_row_has_its_prediction_in_the_order_of_the_input(
    serving: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    out = tmp_path / f"out.{kind}"
    assert main(["score", "--input", str(write(tmp_path / "in.csv", 7)), "--output", str(out)]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"rows": 7, "model_versions": ["3", "4"], "output": str(out)}
    assert printed.err.splitlines()[-1] == "7 of 7 rows are scored"
    table = pd.read_csv(out, dtype=str) if kind == "csv" else pd.read_parquet(out).astype(str)
    assert table.columns.to_list() == ["id", "prediction_id", "model_version", "score"]
    assert table["id"].to_list() == [str(row) for row in range(7)]
    assert table["model_version"].to_list() == ["3"] * 4 + ["4"] * 3
    assert table["score"].to_list() == [str(row) for row in range(7)]
    assert sorted(os.listdir(tmp_path)) == ["in.csv", f"out.{kind}"]


def test_a_run_that_ended_early_goes_on_under_the_same_keys(serving: Server, tmp_path: Path) -> None:
    source, out = write(tmp_path / "in.csv", 6), tmp_path / "out.csv"
    answer, asked = serving.reply, 0

    def fails(body: dict[str, Any] | None) -> dict[str, Any]:
        nonlocal asked
        asked += 1
        serving.status = 500 if asked == 3 else 200
        return answer(body)

    serving.reply = fails
    with pytest.raises(KitError, match="HTTP 500"):
        score_file(source, out)
    # The disk was full in the middle of a line, and the machine went down.
    part = tmp_path / "out.csv.part"
    part.write_bytes(part.read_bytes() + b'{"model_version":"3","pred')
    assert score_file(source, out).rows == 6
    sent = keys(serving)
    assert [key.rsplit("-", 1)[1] for key in sent] == ["0", "2", "2", "4"]
    assert len({key.rsplit("-", 1)[0] for key in sent}) == 1
    assert pd.read_csv(out)["id"].to_list() == [*range(6)] and not part.exists()


def test_who_interrupts_it_reads_how_it_goes_on(serving: Server, tmp_path: Path) -> None:
    source, out, answer = write(tmp_path / "in.csv", 6), tmp_path / "out.csv", serving.reply

    def interrupted(body: dict[str, Any] | None) -> dict[str, Any]:
        if len(keys(serving)) == 2:
            raise KeyboardInterrupt
        return answer(body)

    serving.reply = interrupted
    with pytest.raises(KitError, match="stopped after 2 rows; the same command goes on"):
        score_file(source, out)
    serving.reply = answer
    assert score_file(source, out).rows == 6


def test_what_is_there_is_not_overwritten_and_answers_are_not_mixed(serving: Server, tmp_path: Path) -> None:
    source, out = write(tmp_path / "in.csv", 2), tmp_path / "out.csv"
    (tmp_path / "out.csv.part").write_text('{"run": "r", "input_sha256": "of another"}\n')
    with pytest.raises(KitError, match="is of another input; remove it"):
        score_file(source, out)
    (tmp_path / "out.csv.part").unlink()
    score_file(source, out)
    before = out.read_bytes()
    with pytest.raises(KitError, match="is there already"):
        score_file(source, out)
    assert out.read_bytes() == before
    for name, message in (("out.txt", "must be a .csv"), ("none/out.csv", "make it")):
        with pytest.raises(KitError, match=message):
            score_file(source, tmp_path / name)


def test_two_runs_do_not_write_one_output(serving: Server, tmp_path: Path) -> None:
    source, part = write(tmp_path / "in.csv", 2), tmp_path / "out.csv.part"
    with (
        ecluse.scoring.answers(part, source),
        pytest.raises(KitError, match="another process writes it"),
        ecluse.scoring.answers(part, source),
    ):
        pass


def test_long_texts_make_small_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecluse.scoring, "MOST_CHARACTERS", 100)
    records = [{"id": str(number), "note": "x" * length} for number, length in enumerate([10, 10, 500, 10])]
    assert [[record["id"] for record in batch] for batch in batches(records)] == [["0", "1"], ["2"], ["3"]]
