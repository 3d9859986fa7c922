"""Concept drift on real streams: in how many windows of labels it is found, and what was said before.

    python -m pip install --no-deps --target FOLDER river
    PYTHONPATH=python:usecases/bank-churn/src:FOLDER .venv/bin/python bench/streams.py

SEA and Agrawal are River's generators, churn is the bank's with its labels flipped. Each seed has a model of
its own, quiet windows of one concept, then two of the other. All labels are there.
"""

import argparse
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import islice
from typing import Any, cast

import numpy as np
import polars as pl
from bank_churn.scenarios import scenario_day
from river.datasets import synth
from sklearn.ensemble import HistGradientBoostingClassifier
from watched import Watched

from ecluse_monitor.baseline import build_baseline
from ecluse_monitor.late import Labelled
from ecluse_monitor.settings import Settings

FIRST = date(2026, 3, 2)
FIT, HELD_OUT, CHANGED = 6000, 3000, 2
Stream = Callable[[int, int, bool], pl.DataFrame]
"""So many rows by a seed, of the second concept or not: columns `input_<name>` and `label`."""


def _table(stream: Iterable[tuple[dict[Any, Any], Any]], rows: int) -> pl.DataFrame:
    taken = [{**{f"input_{k}": v for k, v in x.items()}, "label": float(y)} for x, y in islice(stream, rows)]
    return pl.DataFrame(taken, infer_schema_length=None)


def _sea(rows: int, seed: int, changed: bool) -> pl.DataFrame:
    return _table(synth.SEA(variant=3 if changed else 0, noise=0.1, seed=seed), rows)


def _agrawal(rows: int, seed: int, changed: bool) -> pl.DataFrame:
    return _table(synth.Agrawal(classification_function=3 if changed else 0, seed=seed), rows)


def _churn(rows: int, seed: int, changed: bool) -> pl.DataFrame:
    frame = scenario_day(rows, seed, "prod", FIRST, "flipped" if changed else "clean")
    inputs = pl.from_pandas(frame.drop(columns=["exited"]))
    named = inputs.drop("customer_id", strict=False).select(pl.all().name.prefix("input_"))
    return named.with_columns(label=frame["exited"].to_numpy().astype(float))


STREAMS: dict[str, Stream] = {"SEA": _sea, "Agrawal": _agrawal, "flipped churn": _churn}


def _numbers(rows: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    inputs = rows.select(pl.selectors.starts_with("input_"))
    texts = inputs.select(pl.selectors.string()).columns
    return inputs.with_columns(pl.col(texts).replace_strict(_ORDER, return_dtype=pl.Float64)).to_numpy()


_ORDER = {"France": 0.0, "Germany": 1.0, "Spain": 2.0, "Female": 0.0, "Male": 1.0}


def play(stream: Stream, rows: int, quiet: int, seed: int) -> tuple[int, int, list[int], int, list[float]]:
    """Of the quiet windows those with a fall by labels, and incidents; then the windows that found the
    change, incidents with them, and the areas under the curve: of the validation, and of the last window."""
    seeds = iter(np.random.default_rng(seed).integers(2**31, size=quiet + CHANGED + 2).tolist())
    fit = stream(FIT, next(seeds), False)
    model = HistGradientBoostingClassifier(max_iter=60, random_state=0).fit(_numbers(fit), fit["label"])

    def logged(given: pl.DataFrame) -> pl.DataFrame:
        scores = cast(Any, model.predict_proba(_numbers(given)))[:, 1]
        return given.with_columns(score=pl.Series(scores), model_version=pl.lit("1"))

    watched = Watched(build_baseline(logged(stream(HELD_OUT, next(seeds), False)), {}), Settings())
    found, before, auc = list[int](), 0, 0.0
    for number in range(quiet + CHANGED):
        if number == quiet:
            before = len([cause for _, cause in watched.opened if cause == "performance"])
        day, table = FIRST + timedelta(days=number), logged(stream(rows, next(seeds), number >= quiet))
        labelled = Labelled(day, day, table.select("score", "label"))
        verdict = watched.day(day, table.drop("label"), labelled)
        if any(each.check == "performance" for each in verdict.findings):
            found.append(number - quiet + 1)
        auc = (verdict.performance or {})["realised"]["value"]
    reference = watched.baseline["performance"]
    after = len([cause for _, cause in watched.opened if cause == "performance"]) - before
    said = [each for each in found if each > 0]
    return len(found) - len(said), before, said, after, [reference["value"] if reference else 0.0, auc]


def main() -> None:
    """Measures each stream."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--quiet", type=int, default=10)
    parser.add_argument("--streams", nargs="+", default=list(STREAMS))
    args = parser.parse_args()
    for name in args.streams:
        seeds = range(args.first_seed, args.first_seed + args.seeds)
        played = [play(STREAMS[name], args.rows, args.quiet, seed) for seed in seeds]
        falls, false, found, true, areas = zip(*played, strict=True)
        then, now = np.mean(areas, axis=0)
        first, second = (sum(min(each, default=9) <= window for each in found) for window in (1, 2))
        print(
            f"{name} (AUC {then:.3f} → {now:.3f}): found by one window in {first} of {args.seeds}, "
            f"by two in {second}, incident in {sum(each > 0 for each in true)}; before it findings on "
            f"{sum(falls)} of {args.seeds * args.quiet} windows, {sum(false)} incidents",
            flush=True,
        )


if __name__ == "__main__":
    main()
