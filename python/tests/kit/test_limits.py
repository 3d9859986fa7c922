"""Every bound stands in one file with its reason, and a miss says which, by how much, and what to do."""

from pathlib import Path

import pytest
import yaml

from ecluse.errors import KitError
from ecluse.limits import Limits, bounds, read_limits

from .conftest import CONTRACT
from .test_source import SERIES


def entries() -> dict[str, dict[str, object]]:
    return {name: {"bound": 0.5, "why": "we say so."} for name in bounds(CONTRACT)}


def read(tmp_path: Path, document: object) -> Limits:
    path = tmp_path / "limits.yaml"
    path.write_text(yaml.safe_dump(document))
    return read_limits(CONTRACT, path)


def test_a_miss_says_all(tmp_path: Path) -> None:
    limits = read(tmp_path, entries())
    limits.check("quality_floor", 0.5)
    limits.check("null_loss", 0.5)
    with pytest.raises(AssertionError) as missed:
        limits.check("quality_floor", 0.41, "ROC AUC")
    assert str(missed.value) == (
        "quality_floor (ROC AUC): 0.41, and limits.yaml asks for at least 0.5: missed by 0.09. "
        "It is the quality on the hold-out. Why: we say so. "
        "To do: improve the model, or bring better data, or change quality_floor in limits.yaml with a reason"
    )
    with pytest.raises(AssertionError, match=r"0\.6, and limits.yaml asks for at most 0\.5: missed by 0\.1"):
        limits.check("null_loss", 0.6)
    with pytest.raises(AssertionError, match="nan"):
        limits.check("null_loss", float("nan"))


def test_the_kind_and_the_baseline_say_which_bounds() -> None:
    assert set(bounds(CONTRACT)) - set(bounds(SERIES)) == {"loss_to_rate", "calibration", "unseen_floor"}
    assert set(bounds(SERIES)) - set(bounds(CONTRACT)) == {"bias", "baseline_gain"}


def test_segments_are_the_categories_or_what_is_named(tmp_path: Path) -> None:
    assert read(tmp_path, entries()).segments == ("country", "plan")
    named = {**entries(), "segments": {"columns": ["age"], "why": "by age"}}
    assert read(tmp_path, named).segments == ("age",)


@pytest.mark.parametrize(
    ("name", "entry", "message"),
    [
        (
            "quality_floor",
            None,
            r"is missing; add it with its bound \(the least quality on the hold-out\) and",
        ),
        ("quality_floor", {"bound": 0.5, "why": " "}, "quality_floor has no reason"),
        ("quality_floor", {"bound": "much", "why": "x"}, "quality_floor.bound must be a number, got 'much'"),
        ("quality_floor", {"bound": float("nan"), "why": "x"}, "must be a number, got nan"),
        ("qualty", {"bound": 0.5, "why": "x"}, "qualty is unknown; use quality_floor, "),
        ("segments", {"columns": ["x"], "why": "x"}, "x is no input; use country, "),
        ("segments", {"columns": "age", "why": "x"}, "must be a list of names, got 'age'"),
    ],
)
def test_a_wrong_file_is_refused(
    tmp_path: Path, name: str, entry: dict[str, object] | None, message: str
) -> None:
    document = {key: value for key, value in {**entries(), name: entry}.items() if value is not None}
    with pytest.raises(KitError, match=message):
        read(tmp_path, document)
