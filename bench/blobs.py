"""A day of many requests of one row each: what it takes to compact its blobs, and to judge it then.

    PYTHONPATH=python .venv/bin/python bench/blobs.py --requests 100000

Each blob has the one row of one request, as where each is shipped by itself. Compaction runs each hour, so
that a day that is over is compacted. With `--cold` the blobs are judged as they are, too.
"""

import argparse
import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.append(str(Path(__file__).parent / "monitor"))

from obstore.store import LocalStore
from rows import REFERENCE, logged, population

from ecluse_core.container import Container
from ecluse_monitor.baseline import build_baseline
from ecluse_monitor.compaction import compact

DAY = date(2026, 11, 1)


def write(folder: Path, requests: int) -> None:
    """The day's blobs, and the baseline that it is judged by."""
    day = folder / f"log/churn/date={DAY}"
    day.mkdir(parents=True)
    (folder / "baseline.json").write_text(json.dumps(build_baseline(population(REFERENCE, 0), {})))
    rows = logged(requests, 1)
    for number in range(requests):
        rows[number].write_parquet(day / f"{number:06}.parquet", compression="uncompressed", statistics=False)


def judged(folder: Path, name: str) -> None:
    """Judges the day in a process of its own, and prints what that took."""
    began = time.perf_counter()
    script = str(Path(__file__).parent / "monitor/with_ecluse.py")
    found = subprocess.run([sys.executable, script, str(folder)], check=True, capture_output=True, text=True)
    used = json.loads(found.stdout.splitlines()[-1])
    seconds = time.perf_counter() - began
    print(
        f"{name}: {seconds:.2f} s, {used['cpu']:.2f} s of processor time, {used['memory']:.0f} MiB",
        flush=True,
    )


def main() -> None:
    """Writes, judges, compacts, and judges again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--cold", action="store_true")
    args = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, args.requests)
        if args.cold:
            judged(folder, f"{args.requests} blobs")
        began = time.perf_counter()
        done = compact(Container(LocalStore(folder / "log")), "churn", 1, DAY)
        print(
            f"compaction: {done.read} blobs to {done.written}, {time.perf_counter() - began:.1f} s",
            flush=True,
        )
        judged(folder, "compacted")


if __name__ == "__main__":
    main()
