"""What a body of labels may hold."""

import json
from datetime import date
from typing import Any

import pytest

from ecluse_core.opening import open_container
from ecluse_serving.labels import parse_labels, write_labels
from ecluse_serving.log import LogError
from ecluse_serving.records import MAX_RECORDS, Invalid

ID = "71d37deb-c399-5b29-91bb-3e90e4edef4e"


def body(*labels: Any) -> bytes:
    return json.dumps({"labels": labels}).encode()


def test_labels_are_numbers_by_prediction_id() -> None:
    given = [True, 0, 2.5, -1e9]
    table = parse_labels(body(*({"prediction_id": ID, "label": label} for label in given)))
    assert table.columns == ["prediction_id", "id", "date", "label", "time"]
    assert table["label"].to_list() == [1.0, 0.0, 2.5, -1e9]
    assert table["prediction_id"].unique().to_list() == [ID]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (b"{}", "labels must be a list of 1 to"),
        (body(), "labels must be a list of 1 to"),
        (body(*[{"prediction_id": ID, "label": 1}] * (MAX_RECORDS + 1)), "labels must be a list of 1 to"),
        (b'{"labels": [], "day": 1}', "'day' is not known; give labels"),
        (b"[1]", "the body must be an object of labels"),
        (b"\xff", "the body is not JSON"),
        (b'{"labels":' * 2000, "the body is not JSON|nested too deeply"),
        (body(1), r"labels\[0\] must be an object of label and .*, got '1'"),
        (body({"prediction_id": ID}), r"labels\[0\] must be an object"),
        (body({"prediction_id": ID, "label": 1, "id": 1}), r"labels\[0\] must be an object"),
        (
            body({"prediction_id": "c-1", "label": 1}),
            r"prediction_id must be one that /score gave, got 'c-1'",
        ),
        (body({"id": "c-1", "label": 1}), r"of label, id and date"),
        (
            body({"id": "c-1", "date": "yesterday", "label": 1}),
            r"labels\[0\].date must be the day of the prediction, as 2026-01-31, got 'yesterday'",
        ),
        (body({"id": "", "date": "2026-11-01", "label": 1}), r"labels\[0\].id must be a text"),
        (body({"prediction_id": 7, "label": 1}), "prediction_id must be one that /score gave"),
        (body({"prediction_id": ID, "label": "yes"}), "label must be a number, true or false, got 'yes'"),
        (body({"prediction_id": ID, "label": None}), "label must be a number"),
        (body({"prediction_id": ID, "label": 10**400}), "label must be a number"),
        (b'{"labels": [{"prediction_id": "a", "label": NaN}]}', "NaN is no number of JSON"),
    ],
)
def test_wrong_labels_are_refused_in_words(given: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message) as error:
        parse_labels(given)
    assert len(str(error.value)) < 400


def test_labels_are_by_a_callers_own_id_and_the_day_too() -> None:
    table = parse_labels(body({"id": 7, "date": "2026-11-01", "label": 0}, {"prediction_id": ID, "label": 1}))
    assert table.select("prediction_id", "id", "date").rows() == [
        (None, "7", date(2026, 11, 1)),
        (ID, None, None),
    ]


def test_labels_that_cannot_be_kept_are_an_error_without_the_sas() -> None:
    closed = open_container("URL", {"URL": "http://127.0.0.1:9/prod/inference?sig=secret"})
    with pytest.raises(LogError, match="labels are not kept") as error:
        write_labels(closed, "bank-churn", parse_labels(body({"prediction_id": ID, "label": 1})))
    assert "secret" not in str(error.value)
