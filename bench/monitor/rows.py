"""Writes a day of predictions of ten inputs, as compaction leaves a log, and a reference for it.

`python rows.py FOLDER ROWS`: `log/` is the container, `day.parquet` the same rows for others,
`reference.parquet` 100,000 rows of the same population, and `baseline.json` what training logs of them.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from ecluse_monitor.baseline import build_baseline

BLOB = 250_000
REFERENCE = 100_000


def population(rows: int, seed: int) -> pl.DataFrame:
    """Ten inputs and a score, without drift."""
    rng = np.random.default_rng(seed)
    columns: dict[str, Any] = {f"input_x{n}": rng.normal(0, 1, rows) for n in range(7)}
    columns["input_skewed"] = np.round(rng.gamma(2, 1000, rows), 2)
    columns["input_count"] = rng.integers(0, 4, rows).astype(float)
    columns["input_country"] = rng.choice(["France", "Germany", "Spain"], rows, p=[0.5, 0.25, 0.25])
    return pl.DataFrame(columns | {"score": rng.beta(2, 5, rows)})


def logged(rows: int, seed: int) -> pl.DataFrame:
    """The same with what the server adds."""
    digits = np.random.default_rng([seed, 1]).bytes(16 * rows).hex()
    texts = (digits[at : at + 32] for at in range(0, 32 * rows, 32))
    ids = sorted(f"{t[:8]}-{t[8:12]}-{t[12:16]}-{t[16:20]}-{t[20:]}" for t in texts)
    own = pl.DataFrame({"prediction_id": ids, "model_version": ["1"] * rows})
    return pl.concat([own, population(rows, seed)], how="horizontal")


def main(folder: Path, rows: int) -> None:
    """Writes all of it."""
    day = folder / "log/churn/date=2026-11-01"
    day.mkdir(parents=True)
    reference = population(REFERENCE, 0)
    reference.write_parquet(folder / "reference.parquet")
    (folder / "baseline.json").write_text(json.dumps(build_baseline(reference, {})))
    schema = logged(1, 0).drop("prediction_id", "model_version").to_arrow().schema
    with pq.ParquetWriter(folder / "day.parquet", schema) as others:
        for number in range(-(-rows // BLOB)):
            blob = logged(min(BLOB, rows - number * BLOB), number + 1)
            blob.write_parquet(day / f"compacted-{number:04}.parquet", row_group_size=16_384)
            others.write_table(blob.drop("prediction_id", "model_version").to_arrow().cast(schema))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
