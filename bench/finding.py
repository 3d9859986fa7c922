"""How long `ecluse trace` searches the log for one prediction: of the oldest day, of today, and of none.

    PYTHONPATH=python .venv/bin/python bench/finding.py --days 8

The log is in files: each past day is one compacted blob of 250,000 rows, and today has a small blob of each
ten seconds of two hours.
"""

import argparse
import io
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from ecluse_core.container import Container
from ecluse_core.opening import open_container
from ecluse_monitor.compaction import ROWS
from ecluse_monitor.erasure import GROUP_ROWS
from ecluse_release.prediction import find_prediction

TODAY = date(2026, 11, 30)


def write(container: Container, day: date, name: str, rows: int, seed: int) -> str:
    """A blob of predictions, sorted as a compaction leaves them; gives the id of one in its middle."""
    rng = np.random.default_rng(seed)
    ids = [f"{n:036x}" for n in np.sort(rng.integers(0, 2**63, rows))]
    table = pl.DataFrame(
        {
            "prediction_id": ids,
            "id": [f"c-{n}" for n in range(rows)],
            "model_version": ["3"] * rows,
            "score": rng.random(rows),
            **{f"input_{n}": rng.normal(size=rows) for n in range(10)},
        }
    ).with_columns(time=pl.lit(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)))
    buffer = io.BytesIO()
    table.write_parquet(buffer, row_group_size=GROUP_ROWS)
    container.write(f"churn/date={day}/{name}.parquet", buffer.getvalue())
    return ids[rows // 2]


def main() -> None:
    """Writes the log, and searches it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--days", type=int, default=8)
    parser.add_argument("--rows", type=int, default=ROWS)
    args = parser.parse_args()
    with TemporaryDirectory() as folder:
        container = open_container("URL", {"URL": f"file://{folder}"})
        wanted = {"of none": str(uuid.uuid4())}
        for number in range(1, args.days + 1):
            day = TODAY - timedelta(days=number)
            wanted[f"of {number} days ago"] = write(container, day, "compacted", args.rows, number)
        for number in range(720):
            wanted["of today"] = write(container, TODAY, f"{number:04}", 100, 1000 + number)
        for name in ("of today", f"of {args.days} days ago", "of none"):
            began, used = time.perf_counter(), time.process_time()
            found = find_prediction(container, "churn", wanted[name])
            assert (found is None) == (name == "of none")
            wall, used = time.perf_counter() - began, time.process_time() - used
            print(f"{name}: {wall:.2f} s, {used:.2f} s of processor time", flush=True)


if __name__ == "__main__":
    main()
