"""`python -m ecluse_monitor baseline|check|report|ack|mute|replay|backfill|compact|erase|erase-reports`.

Exit codes: 0 fine, 10 warning, 20 critical, 30 too little data, 40 data contract broken, 70 the monitor's own
fault.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from ecluse_core.errors import SettingError
from ecluse_monitor import backfill, commands, replay, watch
from ecluse_monitor.compaction import compact
from ecluse_monitor.erased_reports import erase_reports
from ecluse_monitor.erasure import Wanted, erase
from ecluse_monitor.errors import Exit, MonitorError, NoChampion, Undelivered
from ecluse_monitor.finding import CAUSES
from ecluse_monitor.predictions import Part
from ecluse_monitor.retention import expire
from ecluse_monitor.settings import Check, Compact, Reports
from ecluse_monitor.state import Mute

WEEK = 7
"""Days that are compacted: a job that was away for less leaves nothing behind."""


def main(argv: list[str] | None = None) -> int:
    """Runs one command; returns its exit code and never raises."""
    try:
        args = _parser().parse_args(argv)
    except SystemExit as error:  # argparse's own 2 for a wrong call would be no code of the monitor
        return Exit.FAULT if error.code else Exit.FINE
    try:
        document = _run(args)
    except NoChampion as nothing:
        # No other code: a scheduler would take it for a failure each day until the first release.
        print(
            json.dumps({"status": "no champion", "reason": f"{nothing}"})
            if args.json
            else f"monitor: {nothing}"
        )
        return Exit.FINE
    except Exception as error:  # whatever it is, a monitor that dies must say that it is its own fault
        expected = isinstance(error, MonitorError | SettingError)
        reason = f"{error}" if expected else f"{type(error).__name__}: {error}"
        print(json.dumps({"status": "fault", "reason": reason}) if args.json else f"monitor: {reason}")
        return Exit.FAULT
    print(json.dumps(document, indent=1) if args.json else _text(document))
    return commands.exit_code(document)


def _run(args: argparse.Namespace) -> dict[str, Any]:
    if args.command == "baseline":
        return commands.baseline(args.reference, args.model, args.settings)
    if args.command == "check":
        given = Check.read(os.environ)
        return _check(given, args)
    if args.command == "compact":
        log = Compact.read(os.environ)
        return _compact(log, args.days)
    if args.command == "erase":
        log = Compact.read(os.environ)
        return asdict(erase(log.inference, log.use_case, Wanted(args.id, args.prediction), args.by))
    if args.command == "replay":
        return commands.replay(Check.read(os.environ), args.settings, args.as_of, args.days, args.bad)
    if args.command == "backfill":
        return commands.backfill(Check.read(os.environ), args.since, args.as_of)
    given = Reports.read(os.environ)
    if args.command == "erase-reports":
        return {"shown": erase_reports(given.reports, given.use_case, Wanted(args.id, args.prediction))}
    if args.command == "ack":
        return commands.acknowledge_alert(given, args.cause, args.owner, args.until)
    if args.command == "mute":
        wanted = {key: getattr(args, key) for key in ("cause", "column", "owner", "reason")}
        return commands.mute_findings(given, cast(Mute, wanted | {"until": args.until.isoformat()}))
    return commands.report(given, args.as_of, args.html)


def _compact(log: Compact, days: int) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    expired = expire(log.inference, log.use_case, log.log_days, today) if log.log_days else 0
    return {**asdict(compact(log.inference, log.use_case, days)), "expired": expired}


def _check(given: Check, args: argparse.Namespace) -> dict[str, Any]:
    if args.partition is not None:
        counted = commands.count_part(given, args.as_of, Part(args.partition, args.partitions))
        # Whoever is the last judges the whole: where two are, one of them notifies.
        if not counted["is_last"]:
            return counted
    try:
        report = commands.check(
            given, args.as_of, demonstration=args.demonstration, partitions=args.partitions
        )
    except Undelivered as error:
        # What was judged is seen, though a place that alerts go to is away.
        watch.publish(given, error.report)
        raise
    return watch.publish(given, report)


def _text(document: dict[str, Any]) -> str:
    if "present" in document:
        return replay.text(document)
    if "backfilled" in document:
        return backfill.text(document)
    if "searches" in document:
        return f"{document['predictions']} predictions and {document['labels']} labels are erased"
    if "shown" in document:
        return f"{document['shown']} rows are erased from reports"
    if "owner" in document:
        until = document.get("owned_until") or document["until"]
        return f"{document['cause']}: {document['owner']} looks after it until {until}"
    if "written" in document:
        expired = f"; {document['expired']} that were too old are deleted" if document["expired"] else ""
        return f"{document['read']} blobs of predictions are {document['written']} now{expired}"
    if "partition" in document:
        return f"partition {document['partition']} of {document['of']}: {document['rows']} rows are counted"
    if "status" not in document:
        return f"baseline of {document['rows']} rows logged to run {document['run_id']}"
    head = (
        f"{document['use_case']} in {document['environment']} on {document['as_of']}: {document['status']}, "
        f"{document['rows']} rows, model version {document['model_version']}"
    )
    findings = [f"  {item['severity']:9} {item['check']:10} {item['text']}" for item in document["findings"]]
    muted = [f"  muted: {', '.join(document['muted'])}"] if document["muted"] else []
    not_run = [f"  not run: {', '.join(document['not_run'])}"] if document["not_run"] else []
    return "\n".join([head, *findings, *muted, *not_run])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ecluse-monitor", description=__doc__)
    commands_of = parser.add_subparsers(dest="command", required=True)
    for name, about in (
        ("baseline", "log the baseline of a training run"),
        ("check", "judge a day"),
        ("report", "show a day's report again"),
        ("ack", "look after an open alert until a day: it is not notified again, unless it gets worse"),
        ("compact", "put small blobs of the log of predictions together; may be killed, and runs again"),
        ("erase", "erase a person's predictions and labels from the log; a record of it stays"),
        ("erase-reports", "erase the same predictions from the reports, which show the most unusual rows"),
        ("mute", "let findings raise no alert until a day; reports show them still"),
        ("replay", "what the settings of a file would have raised over past days; nothing is changed"),
        ("backfill", "judge past days that were missed, or whose labels came later"),
    ):
        command = commands_of.add_parser(name, help=about)
        command.add_argument("--json", action="store_true", help="print the whole document")
        if name == "baseline":
            command.add_argument("--reference", type=Path, default=Path("build/reference.parquet"))
            command.add_argument("--model", type=Path, default=Path("model.json"))
            command.add_argument("--settings", type=Path, default=Path("monitor.yaml"))
        elif name in ("ack", "mute"):
            command.add_argument("--cause", required=True, choices=dict.fromkeys(CAUSES.values()))
            command.add_argument("--owner", required=True, help="who looks after it, or answers for it")
            command.add_argument("--until", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
            if name == "mute":
                command.add_argument("--column", default="", help="of this column alone")
                command.add_argument("--reason", required=True)
        elif name in ("erase", "erase-reports"):
            command.add_argument("--id", default="", help="the caller's own id: all of its predictions")
            command.add_argument("--prediction", default="", metavar="ID", help="one prediction, by its id")
            if name == "erase":
                command.add_argument("--by", required=True, help="who erases, as the record says")
        elif name == "compact":
            command.add_argument("--days", type=int, default=WEEK, help="days back that are looked at")
        else:
            _add_days(command, name)
        if name == "report":
            command.add_argument("--html", type=Path, metavar="FILE", help="write it as a page too")
        if name == "check":
            command.add_argument("--demonstration", action="store_true", help="fire at once, marked as such")
            command.add_argument(
                "--partitions", type=int, default=1, metavar="N", help="judge N parts together"
            )
            command.add_argument(
                "--partition", type=int, metavar="I", help="count part I, from 0; the last judges them all"
            )
    return parser


def _add_days(command: argparse.ArgumentParser, name: str) -> None:
    # The last whole day: a schedule in the night judges the day before.
    day, yesterday, form = date.fromisoformat, datetime.now(UTC).date() - timedelta(days=1), "YYYY-MM-DD"
    names = ["--to", "--as-of"] if name in ("replay", "backfill") else ["--as-of"]
    command.add_argument(*names, dest="as_of", type=day, default=yesterday, metavar=form)
    if name == "replay":
        command.add_argument("--settings", type=Path, default=Path("monitor.yaml"))
        command.add_argument("--days", type=int, default=30, help="so many, of which --to is the last")
        bad = "a day on which something was wrong; may be given more than once"
        command.add_argument("--bad", action="append", type=day, default=[], metavar=form, help=bad)
    if name == "backfill":
        month = yesterday - timedelta(days=29)
        command.add_argument("--from", dest="since", type=day, default=month, metavar=form)


if __name__ == "__main__":
    sys.exit(main())
