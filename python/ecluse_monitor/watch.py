"""What a use case's scheduled jobs ask of its champion: `python -m ecluse_monitor.watch <command>`.

`monitored` fails where the monitor's newest verdict is too old, or an alert is open. `released` fails where
the champion is of another commit: that one alone may train again without a promotion. `asked` writes the
pipeline that GitLab runs next: a training where the monitor wants one. The jobs cannot read the monitor's
reports, so its check leaves its verdict where they can: as a tag of the champion's run.
Beside it are the day's figures, as metrics that MLflow draws.
"""

import argparse
import json
import os
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecluse_core.errors import SettingError
from ecluse_monitor.asking import Job, answer
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.settings import Subject, Tracked
from ecluse_monitor.tracking import post

if TYPE_CHECKING:
    from mlflow.entities import Run
    from mlflow.entities.model_registry import ModelVersion

TAG = "ecluse.monitor"
MOST = 900
"""Figures of a day that are left; MLflow takes 1,000 at once."""


def publish(given: Tracked, report: dict[str, Any]) -> dict[str, Any]:
    """Leaves the verdict and the figures of a check at the champion's run; gives the report back.

    A demonstration leaves none.
    """
    if report["demonstration"]:
        return report
    firing = [alert for alert in report["alerts"].values() if alert["state"] != "PENDING"]
    verdict = {key: report[key] for key in ("as_of", "checked_at", "status")} | {"alerts": len(firing)}
    tags = [{"key": TAG, "value": json.dumps(verdict)}]
    body = {"run_id": report["run_id"], "tags": tags, "metrics": figures(report)}
    post(given, "/api/2.0/mlflow/runs/log-batch", body, "verdict")
    return report


def figures(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The report's figures as MLflow's metrics: one point a day, whose step is the day since 1970.

    Labels are of a former day, and so is what they say of the model.
    """
    estimated, performance = report["estimated"], report["performance"]
    realised = performance and performance["realised"]
    today = {
        "severity": report["exit"],
        "rows": report["rows"],
        **{f"unsent/{place}": count for place, count in report["unsent"].items()},
        **({"estimated": estimated["value"]} if estimated else {}),
        **{f"distance/{drift['column']}": drift["distance"] for drift in report["drift"]},
    }
    points = [_point(name, value, report["as_of"]) for name, value in today.items()]
    return points[:MOST] + ([_point("realised", realised["value"], performance["to"])] if realised else [])


def _point(name: str, value: float, day: str) -> dict[str, Any]:
    days = (date.fromisoformat(day) - date(1970, 1, 1)).days
    # A column may be called what no metric may be.
    key = re.sub(r"[^\w\-./ ]", "_", f"monitor/{name}", flags=re.ASCII)[:250]
    return {"key": key, "value": value, "timestamp": days * 86_400_000, "step": days}


def monitored(use_case: str, max_age_hours: float) -> str:
    """Says how the champion was judged last; raises MonitorError where that is too old or alerts are open."""
    version, run = _champion(use_case)
    verdict: dict[str, Any] = json.loads(run.data.tags.get(TAG, "{}"))
    # A new champion is judged with its first day.
    since = datetime.fromtimestamp(version.creation_timestamp / 1000, UTC)
    newest = datetime.fromisoformat(verdict["checked_at"]) if verdict else since
    hours = (datetime.now(UTC) - newest).total_seconds() / 3600
    if hours > max_age_hours:
        raise MonitorError(
            f"champion version {version.version} was not judged for {hours:.0f} hours, the most is "
            f"{max_age_hours:g}: see whether the environment's schedule runs the monitor"
        )
    if not verdict:
        return f"version {version.version} is new, and was not judged yet"
    if verdict["alerts"]:
        raise MonitorError(f"open alerts on {verdict['as_of']}: {verdict['alerts']}; see the monitor's issue")
    return f"version {version.version}: {verdict['status']} on {verdict['as_of']}"


def released(use_case: str, commit: str) -> str:
    """Says that the champion is of this commit; raises MonitorError where it is not."""
    version, run = _champion(use_case)
    trained = run.data.tags.get("ecluse.commit")
    if trained != commit:
        raise MonitorError(
            f"champion version {version.version} is of commit {trained}, this is {commit}: "
            "release this commit first, or take it back; only what was promoted trains again by itself"
        )
    return f"version {version.version} is of this commit"


def asked(use_case: str, job: Job, out: Path) -> str:
    """Writes the pipeline that comes next; says whether it trains."""
    from mlflow import MlflowClient

    try:
        run = _champion(use_case)[1]
        text = answer(MlflowClient(), run, job, Path(".gitlab-ci.yml").read_text())
        out.write_text(text)
    except OSError as error:
        raise MonitorError(f"{error.filename} cannot be read or written ({error.strerror})") from error
    return f"{out} has the pipeline that comes next:\n{text}"


def _champion(use_case: str) -> "tuple[ModelVersion, Run]":
    from mlflow import MlflowClient  # the jobs have it, the monitor's own image has not

    client = MlflowClient()
    aliases = client.get_registered_model(use_case).aliases
    if "champion" not in aliases:
        raise MonitorError(f"{use_case} has no champion here: release a model first")
    version = client.get_model_version(use_case, aliases["champion"])
    return version, client.get_run(str(version.run_id))


def main(argv: list[str] | None = None) -> int:
    """Entry point; 1 where the answer is no."""
    parser = argparse.ArgumentParser(prog="ecluse_monitor.watch", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("monitored").add_argument("--max-age-hours", type=float, required=True)
    commands.add_parser("released").add_argument("--commit", required=True)
    commands.add_parser("asked").add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    try:
        use_case = Subject.read(os.environ).use_case
        if args.command == "monitored":
            print(monitored(use_case, args.max_age_hours))
        elif args.command == "asked":
            print(asked(use_case, Job.read(os.environ), args.out))
        else:
            print(released(use_case, args.commit))
    except (MonitorError, SettingError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
