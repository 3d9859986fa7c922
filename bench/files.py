"""NannyML's data, window by window in the order of its files: what is found, and the incidents of it.

    python -m pip download --no-deps nannyml && unzip nannyml-*.whl 'nannyml/datasets/*' -d FOLDER
    PYTHONPATH=python .venv/bin/python bench/files.py FOLDER/nannyml/datasets/data

Each window counts as a day. Labels of a window are there the day it is judged.
"""

import argparse
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from population import labels_of
from watched import Watched

from ecluse_core.answer import columns_of_scores
from ecluse_monitor.baseline import build_baseline

FIRST = date(2026, 3, 2)
SERVED = ("id", "timestamp", "year", "y_pred", "y_pred_proba", "predicted_probability", "prediction")


def _read(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path) if path.suffix == ".pq" else pl.read_csv(path, infer_schema_length=None)


def _logged(table: pl.DataFrame, label: str, score: str) -> pl.DataFrame:
    served = table.drop(label, *SERVED, strict=False).with_columns(pl.selectors.categorical().cast(pl.String))
    return served.select(pl.all().name.prefix("input_")).with_columns(
        score=table[score].cast(pl.Float64), label=table[label].cast(pl.Float64), model_version=pl.lit("1")
    )


def _of_classes(table: pl.DataFrame) -> pl.DataFrame:
    """The credit cards of three kinds: each class's probability is a column of the file."""
    asked = pl.selectors.starts_with("y_pred_proba_")
    names = [name.removeprefix("y_pred_proba_") for name in table.select(asked).columns]
    columns = columns_of_scores(table.select(asked).to_numpy(), names)
    served = table.drop("y_true", asked, *SERVED, strict=False).select(pl.all().name.prefix("input_"))
    return served.with_columns(
        **{name: pl.Series(values) for name, values in columns.items()},
        label=table["y_true"],
        model_version=pl.lit("1"),
    )


def show(name: str, reference: pl.DataFrame, analysis: pl.DataFrame, rows: int) -> None:
    """Judges each window of so many rows, and prints what it came to."""
    watched, found, muted = Watched(build_baseline(reference, {})), Counter[str](), Counter[str]()
    windows = [analysis[at : at + rows] for at in range(0, analysis.height - rows + 1, rows)]
    for number, window in enumerate(windows):
        day = FIRST + timedelta(days=number)
        verdict = watched.day(day, window.drop("label"), labels_of(window, day))
        found.update({f"{each.check} {each.severity.name.lower()}" for each in verdict.findings})
        muted.update(verdict.muted)
    print(f"{name}: {len(windows)} windows of {rows} rows, {len(watched.opened)} incidents", flush=True)
    print(f"  windows with a finding: {dict(found.most_common())}; muted: {dict(muted)}")
    for line in watched.sent:
        print(f"  {line}")


def _scored(label: str, score: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda table: _logged(table, label, score)


CAR_LOAN = ("synthetic_car_loan_analysis_target.csv", _scored("repaid", "y_pred_proba"))
SETS: dict[str, tuple[str, str, str, Callable[[pl.DataFrame], pl.DataFrame]]] = {
    "census": (
        "employment_MA_reference.pq",
        "employment_MA_analysis.pq",
        "employment_MA_analysis_target.pq",
        _scored("employed", "predicted_probability"),
    ),
    "car loan": ("synthetic_car_loan_reference.csv", "synthetic_car_loan_analysis.csv", *CAR_LOAN),
    "car loan, values missing and new": (
        "synthetic_car_loan_dq_reference.csv",
        "synthetic_car_loan_dq_analysis.csv",
        *CAR_LOAN,
    ),
    "credit cards": ("mc_reference.csv", "mc_analysis.csv", "mc_analysis_gt.csv", _of_classes),
    "car prices": (
        "regression_synthetic_reference.csv",
        "regression_synthetic_analysis.csv",
        "regression_synthetic_analysis_targets.csv",
        _scored("y_true", "y_pred"),
    ),
}
"""Rows of the training, rows that came later, their labels, and how both become predictions."""


def joined(folder: Path, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The training's predictions of a set, and the later ones with their labels."""
    *files, logged = SETS[name]
    reference, analysis, targets = (_read(folder / str(file)) for file in files)
    return logged(reference), logged(analysis.join(targets, on="id", maintain_order="left"))


def main() -> None:
    """Judges each of the sets that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    args = parser.parse_args()
    for name in args.sets:
        show(name, *joined(args.folder, name), args.rows)


if __name__ == "__main__":
    main()
