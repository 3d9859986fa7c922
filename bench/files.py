"""NannyML's data, window by window in the order of its files: what is found, and the incidents of it.

    python -m pip download --no-deps nannyml && unzip nannyml-*.whl 'nannyml/datasets/*' -d FOLDER
    PYTHONPATH=python .venv/bin/python bench/files.py FOLDER/nannyml/datasets/data

Each window counts as a day. Labels of a window are there the day it is judged.
"""

import argparse
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from watched import Watched

from ecluse_monitor.baseline import build_baseline
from ecluse_monitor.late import Labelled

FIRST = date(2026, 3, 2)
SERVED = ("id", "timestamp", "year", "y_pred", "y_pred_proba", "predicted_probability", "prediction")


def _read(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path) if path.suffix == ".pq" else pl.read_csv(path, infer_schema_length=None)


def _logged(table: pl.DataFrame, label: str, score: str) -> pl.DataFrame:
    served = table.drop(label, *SERVED, strict=False).with_columns(pl.selectors.categorical().cast(pl.String))
    return served.select(pl.all().name.prefix("input_")).with_columns(
        score=table[score].cast(pl.Float64), label=table[label].cast(pl.Float64), model_version=pl.lit("1")
    )


def show(name: str, reference: pl.DataFrame, analysis: pl.DataFrame, rows: int) -> None:
    """Judges each window of so many rows, and prints what it came to."""
    watched, found, muted = Watched(build_baseline(reference, {})), Counter[str](), Counter[str]()
    windows = [analysis[at : at + rows] for at in range(0, analysis.height - rows + 1, rows)]
    for number, window in enumerate(windows):
        day = FIRST + timedelta(days=number)
        labelled = Labelled(day, day, window.select("score", "label"))
        verdict = watched.day(day, window.drop("label"), labelled)
        found.update({f"{each.check} {each.severity.name.lower()}" for each in verdict.findings})
        muted.update(verdict.muted)
    print(f"{name}: {len(windows)} windows of {rows} rows, {len(watched.opened)} incidents", flush=True)
    print(f"  windows with a finding: {dict(found.most_common())}; muted: {dict(muted)}")
    for line in watched.sent:
        print(f"  {line}")


def main() -> None:
    """Census and car loan, the latter with missing and new values too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=5000)
    args = parser.parse_args()
    reference, analysis = (
        _read(args.folder / f"employment_MA_{part}.pq") for part in ("reference", "analysis")
    )
    targets = _read(args.folder / "employment_MA_analysis_target.pq")
    joined = analysis.join(targets, on="id", maintain_order="left")
    scored = (_logged(each, "employed", "predicted_probability") for each in (reference, joined))
    show("census", *scored, args.rows)
    for kind in ("", "_dq"):
        reference, analysis = (
            _read(args.folder / f"synthetic_car_loan{kind}_{part}.csv") for part in ("reference", "analysis")
        )
        labels = _read(args.folder / "synthetic_car_loan_analysis_target.csv")
        name = "car loan" + ", values missing and new" * bool(kind)
        joined = analysis.join(labels, on="id", maintain_order="left")
        show(name, *(_logged(each, "repaid", "y_pred_proba") for each in (reference, joined)), args.rows)


if __name__ == "__main__":
    main()
