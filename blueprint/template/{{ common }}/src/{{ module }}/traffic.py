"""Sends a day of rows to the model server in batches; run as a module.

Exit 0 all scored, 1 refused or unreachable. A null travels as JSON null.
"""

import argparse
import json
import os
import sys
import time
from datetime import UTC, date, datetime
from datetime import time as clock
from typing import Any, cast

import pandas as pd
import requests

from .blobs import DataError, setting
from .features import ID, INPUTS
from .scenarios import scenario_day

BATCH = 500


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """One record per row: `id` and the inputs, nulls as None."""
    renamed = frame[[ID, *INPUTS]].rename(columns={ID: "id"}).astype(object)
    return cast(list[dict[str, Any]], renamed.where(renamed.notna(), None).to_dict("records"))


def send(url: str, batch: list[dict[str, Any]], moment: datetime) -> dict[str, Any]:
    """Scores one batch as of `moment`; raises DataError with the server's answer."""
    token = os.environ.get("ECLUSE_SERVING_TOKEN", "")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body = {"time": moment.isoformat(), "records": batch}
    try:
        response = requests.post(f"{url.rstrip('/')}/score", json=body, headers=headers, timeout=60)
    except requests.RequestException as error:
        raise DataError(f"ECLUSE_SERVING_URL {url}: no answer ({type(error).__name__})") from error
    if response.status_code != 200:
        raise DataError(f"ECLUSE_SERVING_URL {url}: HTTP {response.status_code} {response.text[:300]}")
    return cast(dict[str, Any], response.json())


def play(args: argparse.Namespace) -> dict[str, Any]:
    """Sends the whole day, its batches spread evenly over it; returns the summary."""
    url, environment = setting("ECLUSE_SERVING_URL"), setting("ECLUSE_ENVIRONMENT")
    if args.rows < 1:
        raise DataError(f"--rows must be at least 1, got {args.rows}")
    rows = records(scenario_day(args.rows, args.seed, environment, args.date, args.scenario))
    midnight = datetime.combine(args.date, clock(), tzinfo=UTC)
    started, scores, versions = time.perf_counter(), list[float](), set[str]()
    for start in range(0, len(rows), BATCH):
        moment = midnight + start / len(rows) * pd.Timedelta(days=1).to_pytimedelta()
        answer = send(url, rows[start : start + BATCH], moment)
        scores += [float(prediction["score"]) for prediction in answer["predictions"]]
        versions.add(str(answer["model_version"]))
    return {
        "date": args.date.isoformat(),
        "scenario": args.scenario,
        "rows": len(scores),
        "batches": -(-len(rows) // BATCH),
        "model_versions": sorted(versions),
        "mean_score": round(sum(scores) / len(scores), 4),
        "seconds": round(time.perf_counter() - started, 2),
    }


def main(argv: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(prog=f"{__package__}.traffic", description="Sends a day of rows.")
    parser.add_argument("--date", type=date.fromisoformat, default=datetime.now(UTC).date())
    parser.add_argument("--scenario", default="clean", help="names of scenarios.py, joined by +")
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    args = parser.parse_args(argv)
    try:
        summary = play(args)
    except (DataError, ValueError) as error:
        print(f"traffic: {error}", file=sys.stderr)
        return 1
    line = "{rows} rows of {date} ({scenario}) scored in {batches} batches, {seconds} s, mean {mean_score}"
    print(json.dumps(summary) if args.json else line.format(**summary))
    return 0


if __name__ == "__main__":
    sys.exit(main())
