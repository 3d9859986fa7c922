"""Labels from a file to the model server."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ecluse.__main__ import main
from ecluse.errors import KitError
from ecluse.labels import BATCH, read_labels, send_labels

from .conftest import Server


@pytest.fixture
def serving(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A model server that keeps every label."""

    def reply(body: dict[str, Any]) -> dict[str, Any]:
        return {"labels": len(body["labels"])}

    server.reply = reply
    monkeypatch.setenv("ECLUSE_SERVING_URL", server.url)
    return server


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_table_is_sent_by_prediction_id_or_by_id_and_date(
    serving: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by_prediction = write(tmp_path / "a.csv", "prediction_id,label,note\np-1,1,\np-2,0,\n")
    by_id = tmp_path / "b.parquet"
    pd.DataFrame({"id": ["007"], "date": ["2026-11-01"], "label": [2.5]}).to_parquet(by_id)
    assert [main(["labels", "--from", str(path)]) for path in (by_prediction, by_id)] == [0, 0]
    assert capsys.readouterr().out.splitlines() == ["2 labels are kept", "1 labels are kept"]
    (path, first, _), (_, second, _) = serving.requests
    assert path == "/labels"
    assert first["labels"] == [
        {"prediction_id": "p-1", "label": 1.0},
        {"prediction_id": "p-2", "label": 0.0},
    ]
    assert second["labels"] == [{"id": "007", "date": "2026-11-01", "label": 2.5}]


def test_many_go_in_as_many_requests_as_it_takes(serving: Server, tmp_path: Path) -> None:
    labels = [{"id": str(number), "date": "2026-11-01", "label": 0} for number in range(BATCH + 1)]
    assert send_labels(read_labels(write(tmp_path / "labels.json", json.dumps(labels)))) == BATCH + 1
    assert [len(body["labels"]) for _, body, _ in serving.requests] == [BATCH, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,date\n1,2026-11-01\n", "column label is missing"),
        ("id,label\n1,1\n", "give each label its prediction_id, or id and date"),
        ("id,date,label\n1,,1\n", "column date, row 1.*say which prediction"),
        ("prediction_id,label\np-1,1\np-2,yes\n", "column label, row 2: 'yes'"),
        ("prediction_id,label\np-1,\n", "leave out rows whose label is not known yet"),
    ],
)
def test_what_is_no_label_sends_nothing(serving: Server, tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(KitError, match=message):
        send_labels(read_labels(write(tmp_path / "labels.csv", text)))
    assert serving.requests == []
