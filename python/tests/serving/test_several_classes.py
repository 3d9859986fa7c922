"""Several classes: what callers get and say, what is logged, and what the OpenAPI document has of it."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
import polars as pl
import pytest

from ecluse_models.model import Column
from ecluse_serving.answers import answers_of
from ecluse_serving.batching import Batcher
from ecluse_serving.champion import Champion
from ecluse_serving.labels import parse_labels
from ecluse_serving.openapi import document
from ecluse_serving.records import Invalid, parse_batch

CLASSES = ("basic", "family", "2")
ID = "0b0f7a5e-62a1-5a0b-9a55-3f4b8f0c6f1e"


@dataclass(frozen=True)
class Sure:
    """A model that is sure of the class by the age."""

    inputs: ClassVar[tuple[Column, ...]] = (Column("age", "double", True),)
    classes: tuple[str, ...] = CLASSES
    redacted: tuple[str, ...] = ()

    def score(self, table: pl.DataFrame) -> Any:
        """Rows × classes."""
        return np.array([[0.2, 0.7, 0.1] if age > 30 else [0.5, 0.25, 0.25] for age in table["age"]])


CHAMPION = Champion("3", "a" * 40, "v1", cast(Any, Sure()), "m-1")


def test_a_request_gets_and_logs_the_class_and_each_probability() -> None:
    kept: list[pl.DataFrame] = []
    body = json.dumps({"records": [{"id": "a", "age": 50}, {"id": "b", "age": 20}]}).encode()
    batch = parse_batch(body, Sure.inputs)
    scored = Batcher(kept.append).ask(CHAMPION, batch).result(30)
    answers = list(answers_of(scored.scores, CLASSES))
    assert answers[0] == {
        "score": 0.7,
        "class": "family",
        "probabilities": {"basic": 0.2, "family": 0.7, "2": 0.1},
    }
    logged = kept[0].to_dicts()
    assert [(row["score"], row["class"]) for row in logged] == [(0.7, "family"), (0.5, "basic")]
    assert [row["class"] for row in logged] == [each["class"] for each in answers]
    assert logged[1]["probability_2"] == answers[1]["probabilities"]["2"] == 0.25
    assert kept[0].schema["class"] == pl.String and kept[0].schema["probability_basic"] == pl.Float64


def test_of_equal_probabilities_answer_and_log_name_the_same_class() -> None:
    assert next(answers_of([[0.4, 0.4, 0.2]], CLASSES))["class"] == "basic"


def test_one_number_is_answered_as_ever() -> None:
    assert list(answers_of([0.25, 0.5], ())) == [{"score": 0.25}, {"score": 0.5}]


def labelled(label: object, classes: tuple[str, ...] = CLASSES) -> pl.DataFrame:
    return parse_labels(json.dumps({"labels": [{"prediction_id": ID, "label": label}]}).encode(), classes)


@pytest.mark.parametrize(("label", "name"), [("family", "family"), ("2", "2"), (2, "2"), (2.0, "2")])
def test_a_label_is_the_name_of_a_class(label: object, name: str) -> None:
    table = labelled(label)
    assert table["label"].to_list() == [name] and table.schema["label"] == pl.String


@pytest.mark.parametrize("label", ["premium", "", 3, 1.5, True, None, ["family"], {"a": 1}])
def test_another_label_is_refused(label: object) -> None:
    with pytest.raises(Invalid, match=r"labels\[0\].label must be one of basic, family, 2, got"):
        labelled(label)


def test_a_text_is_no_label_of_one_number() -> None:
    with pytest.raises(Invalid, match="must be a number, true or false"):
        labelled("family", ())


def test_the_document_has_the_classes() -> None:
    paths = document(CHAMPION)["paths"]
    answer = paths["/score"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    item = answer["properties"]["predictions"]["items"]["properties"]
    assert item["class"]["enum"] == list(CLASSES)
    assert list(item["probabilities"]["properties"]) == list(CLASSES)
    label = paths["/labels"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    kinds = label["properties"]["labels"]["items"]["oneOf"]
    assert {tuple(each["properties"]["label"]["type"]) for each in kinds} == {("string", "integer")}
