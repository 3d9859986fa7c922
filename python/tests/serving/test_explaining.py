"""Explanations of scores: known answers, bounded cost, and what is refused."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from ecluse_models.model import Column, Kind, Model
from ecluse_serving.champion import Champion
from ecluse_serving.explaining import MOST_ROWS, REASONS, Explainer, Unexplained, explanations, is_asked
from ecluse_serving.records import Invalid, parse_batch

Rule = Callable[[pl.DataFrame], NDArray[np.float64]]
INPUTS = (Column("age", "double", False), Column("country", "string", False), Column("owns", "boolean", True))
USUAL: Mapping[str, Any] = {"age": 40.0, "country": "France", "owns": False}


class Ruled(Model):
    """Scores by a rule, and counts the rows that it is given."""

    def __init__(
        self, rule: Rule, inputs: Sequence[Column] = INPUTS, classes: tuple[str, ...] = (), **more: Any
    ) -> None:
        kind: Kind = "multiclass" if classes else "classifier"
        super().__init__(kind, tuple(inputs), "ruled", classes=classes, **more)
        object.__setattr__(self, "rule", rule)
        object.__setattr__(self, "asked", [])

    def score(self, table: pl.DataFrame) -> NDArray[np.float64]:
        """As every model."""
        mine = cast(Any, self)
        mine.asked.append(table.height)
        assert table.schema == {each.name: each.dtype for each in self.inputs}
        return mine.rule(table)


def additive(table: pl.DataFrame) -> NDArray[np.float64]:
    """Each input adds its own part, and null has one too."""
    return (
        table.select(
            pl.col("age").fill_null(100) * 0.01
            + pl.when(pl.col("country") == "Spain").then(0.3).otherwise(0.1)
            + pl.when(pl.col("owns")).then(-0.1).otherwise(0)
        )
        .to_series()
        .to_numpy()
    )


def explain(model: Model, *rows: Mapping[str, Any], usual: Mapping[str, Any] = USUAL) -> list[dict[str, Any]]:
    """The explanations of rows."""
    columns = [each for each in model.inputs if each.name in usual]
    schema = {each.name: each.dtype for each in model.inputs}
    return explanations(model, pl.DataFrame(list(rows), schema=schema), columns, usual)


def effects(explanation: Mapping[str, Any]) -> dict[str, float]:
    """The effect of each input that is named."""
    return {each["input"]: each["effect"] for each in explanation["reasons"]}


def test_of_an_additive_model_each_input_gets_its_own_part() -> None:
    model = Ruled(additive)
    spain, unknown = explain(
        model,
        {"age": 65.0, "country": "Spain", "owns": True},
        {"age": None, "country": None, "owns": False},
    )
    assert effects(spain) == pytest.approx({"age": 0.25, "country": 0.2, "owns": -0.1})
    assert [each["input"] for each in spain["reasons"]] == ["age", "country", "owns"]
    assert effects(unknown) == pytest.approx({"age": 0.6, "country": 0, "owns": 0})
    assert (spain["usual_score"], spain["rest"]) == pytest.approx((0.5, 0))
    assert spain["reasons"][1]["usual"] == "France"


def test_what_two_inputs_do_together_is_shared() -> None:
    def both(table: pl.DataFrame) -> NDArray[np.float64]:
        spain, owns = table["country"] == "Spain", table["owns"]
        return (spain & owns).cast(pl.Float64).fill_null(0).to_numpy()

    [found] = explain(Ruled(both), {"age": 65.0, "country": "Spain", "owns": True})
    assert effects(found) == pytest.approx({"country": 0.5, "owns": 0.5, "age": 0})


def test_effects_and_the_rest_are_the_score_less_the_usual_one() -> None:
    inputs = [Column(f"x{n}", "double", True) for n in range(12)]
    usual = {each.name: 1.0 for each in inputs}

    def rule(table: pl.DataFrame) -> NDArray[np.float64]:
        x = table.to_numpy()
        return 1 / (1 + np.exp(-(x[:, 0] * x[:, 1] * x[:, 2] + x.sum(axis=1) / 12)))

    rows = np.random.default_rng(0).normal(size=(20, 12))
    table = [dict(zip(usual, map(float, row), strict=True)) for row in rows]
    model = Ruled(rule, inputs)
    found = explain(model, *table, usual=usual)
    scores = rule(pl.DataFrame(table))
    for explanation, score in zip(found, scores, strict=True):
        assert len(explanation["reasons"]) == REASONS
        total = sum(effects(explanation).values()) + explanation["rest"]
        assert total == pytest.approx(score - explanation["usual_score"])
    assert explain(model, *table, usual=usual) == found
    # A row's explanation is its own, whatever else is asked with it.
    assert explain(model, table[7], usual=usual) == [found[7]]
    assert cast(Any, model).asked[0] == 20 * 90


def test_of_several_classes_the_predicted_one_is_explained() -> None:
    def rule(table: pl.DataFrame) -> NDArray[np.float64]:
        high = additive(table)
        return np.stack([high / 2, high / 2, 1 - high], axis=1)

    model = Ruled(rule, classes=("a", "b", "c"))
    low, high = explain(
        model,
        {"age": 40.0, "country": "France", "owns": True},
        {"age": 80.0, "country": "Spain", "owns": False},
    )
    assert effects(low)["owns"] == pytest.approx(0.1)
    assert effects(high)["age"] == pytest.approx(0.2)


def champion(model: Model, usual: Mapping[str, Any] = USUAL) -> Champion:
    """A champion with usual values."""
    return Champion("3", "c" * 40, "d", cast(Any, model), "m", usual)


def asked(
    model: Model, rows: int, usual: Mapping[str, Any] = USUAL, country: str = "x"
) -> list[dict[str, Any]]:
    """What a request of so many rows gets."""
    values = {"double": 1.0, "string": country, "boolean": True}
    own = {each.name: values[each.type] for each in model.inputs}
    body = pl.DataFrame([{"id": f"c-{n}", **own} for n in range(rows)]).write_json()
    batch = parse_batch(f'{{"records": {body}}}'.encode(), model.inputs)
    return asyncio.run(Explainer().explain(champion(model, usual), batch))


def test_hostile_sizes_are_refused_before_the_model_is_asked() -> None:
    model = Ruled(additive)
    assert len(asked(model, MOST_ROWS)) == MOST_ROWS
    with pytest.raises(Invalid, match="takes 18 scores, and 101 rows are too many; explain at most 100 rows"):
        asked(model, MOST_ROWS + 1)
    with pytest.raises(Invalid, match="too large to be explained"):
        asked(model, 2, country="x" * 2_000_000)
    wide = [Column(f"x{n}", "double", True) for n in range(2_000)]
    usual = {each.name: 0.0 for each in wide}
    hungry = Ruled(lambda table: np.zeros(table.height), wide)
    with pytest.raises(Invalid, match="takes 15994 scores, and 1 rows are too many; ask without explain"):
        asked(hungry, 1, usual)
    assert (cast(Any, model).asked, cast(Any, hungry).asked) == ([MOST_ROWS * 18], [])


def test_many_classes_cost_no_more() -> None:
    names = tuple(f"c{n}" for n in range(100))
    model = Ruled(lambda table: np.full((table.height, 100), 0.01), classes=names)
    assert len(asked(model, 5)) == 5
    with pytest.raises(Invalid, match="explain at most 5 rows"):
        asked(model, 6)


def test_redacted_inputs_are_not_explained() -> None:
    model = Ruled(additive, redacted=("age",))
    [found] = asked(model, 1)
    assert effects(found).keys() == {"country", "owns"}


def test_a_version_without_usual_values_explains_nothing() -> None:
    for usual in ({}, {"other": 1}):
        with pytest.raises(
            Unexplained, match="version 3 was released without usual values; release it again"
        ):
            asked(Ruled(additive), 1, usual)


@pytest.mark.parametrize("given", [["yes"], [""], ["true", "true"], ["True"], ["x" * 5000]])
def test_what_is_no_truth_value_is_refused(given: list[str]) -> None:
    with pytest.raises(Invalid, match="explain must be true or false, and given once, got"):
        is_asked(given)


def test_without_the_word_nothing_is_explained() -> None:
    assert [is_asked(given) for given in ([], ["false"], ["true"])] == [False, False, True]
