"""The commands of a use case: `python -m ecluse <command>` in its folder. Exit 0 done, 1 refused."""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from ecluse_core.container import BlobError
from ecluse_core.importing import importing

from .errors import KitError


def main(argv: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["test"]:
        return _test("code", words[1:], Path("tests"))
    if words[:1] == ["test-model"]:
        return _test("model", words[1:], Path("model_tests"))
    args = _parser().parse_args(words)
    try:
        return int(args.run(args))
    except (BlobError, KitError) as error:
        print(f"{args.command}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    from . import land, traffic

    parser = argparse.ArgumentParser(prog="python -m ecluse", description="Runs a use case.")
    commands = parser.add_subparsers(dest="command", required=True)
    landing = commands.add_parser("land", help="land rows by date")
    land.arguments(landing)
    landing.set_defaults(run=_land)
    fetching = commands.add_parser("fetch", help="bring what a query or blobs hold into a folder")
    fetching.add_argument("source", help="a query (.sql), or blob:<name> of a container")
    fetching.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where to; must be there")
    fetching.set_defaults(run=_fetch)
    training = commands.add_parser("train", help="train on the landed rows, and log to MLflow")
    training.add_argument(
        "--in-pod", action="store_true", help="make the run, and wait for a pod to train into it"
    )
    training.set_defaults(run=_train)
    sending = commands.add_parser("traffic", help="send a day of rows to the model server")
    traffic.arguments(sending)
    sending.set_defaults(run=_traffic)
    scoring = commands.add_parser("score", help="score the rows of a file by the model server")
    for flag, name, what in (
        ("--input", "read", "rows with an id each"),
        ("--output", "write", "predictions"),
    ):
        scoring.add_argument(
            flag, dest=name, type=Path, required=True, metavar="FILE", help=f"{what}: .csv or .parquet"
        )
    scoring.add_argument("--id", default="id", metavar="COLUMN", help="the column of the id; default: id")
    scoring.set_defaults(run=_score)
    labelling = commands.add_parser("labels", help="send the model server what predictions turned out to be")
    labelling.add_argument(
        "--from", dest="read", type=Path, required=True, metavar="FILE", help=".csv, .parquet or .json"
    )
    labelling.set_defaults(run=_labels)
    profiling = commands.add_parser("profile", help="propose the data contract that fits a file")
    profiling.add_argument("read", metavar="FILE", help="a file of rows, a folder, a query or blob:<name>")
    profiling.add_argument("--target", required=True, metavar="COLUMN", help="what the model predicts")
    profiling.add_argument(
        "--id", default="", metavar="COLUMN", help="another in each row; else the first such"
    )
    profiling.add_argument("--json", action="store_true", help="each column as JSON")
    profiling.set_defaults(run=_profile)
    commands.add_parser("test", help="test code and contract, with what is in tests/; takes pytest's flags")
    commands.add_parser("test-model", help="test the stored model, with what is in model_tests/")
    commands.add_parser("scan-secrets", help="look for secrets in the files").set_defaults(run=_scan_secrets)
    scan = commands.add_parser("scan-dependencies", help="ask about advisories of the locked packages")
    scan.set_defaults(run=_scan_dependencies)
    return parser


def _land(args: argparse.Namespace) -> int:
    from .fetch import fetch
    from .land import Asked, Stores, land
    from .landed import holdout, training_data
    from .usecase import load

    with TemporaryDirectory() as folder:
        source = fetch(args.source, Path(folder)) if args.source else None
        asked = Asked(args.as_of, args.rows, args.seed, source, args.sample, args.replace, args.scenario)
        print(land(asked, load(), Stores(training_data(), holdout())))
    return 0


def _fetch(args: argparse.Namespace) -> int:
    from .fetch import fetch

    print(fetch(args.source, args.to))
    return 0


def _train(args: argparse.Namespace) -> int:
    with importing():
        from mlflow import MlflowException

        from ecluse_models.model import ModelError

        from .hand_over import hand_over, require_own_run
        from .landed import training_data
        from .train import train
        from .usecase import load

    try:
        if args.in_pod:
            print(json.dumps(hand_over()))
            return 0
        require_own_run()
        print(json.dumps(train(load(), training_data())))
    except (MlflowException, ModelError) as error:
        raise KitError(str(error)) from error
    return 0


def _traffic(args: argparse.Namespace) -> int:
    from .server import read_list
    from .traffic import Traffic, day, outcomes, play, records
    from .usecase import load, setting

    asked = Traffic(args.date, args.scenario, args.rows, args.seed)
    if args.read:
        print(json.dumps(play(asked, read_list(args.read))))
        return 0
    use_case = load()
    frame = day(asked, use_case, setting("ECLUSE_ENVIRONMENT"))
    if args.labels:
        args.labels.write_text(json.dumps(outcomes(asked, use_case.contract, frame)))
    elif args.to:
        args.to.write_text(json.dumps(records(use_case.contract, frame)))
    else:
        print(json.dumps(play(asked, records(use_case.contract, frame))))
    return 0


def _score(args: argparse.Namespace) -> int:
    from .scoring import score_file

    print(json.dumps(asdict(score_file(args.read, args.write, args.id))))
    return 0


def _labels(args: argparse.Namespace) -> int:
    from .labels import read_labels, send_labels

    print(f"{send_labels(read_labels(args.read))} labels are kept")
    return 0


def _profile(args: argparse.Namespace) -> int:
    from .fetch import fetch
    from .profile import profile
    from .proposal import propose

    with TemporaryDirectory() as folder:
        found = profile(fetch(args.read, Path(folder)), args.target, args.id)
    more = propose(found)
    text = json.dumps({**asdict(found), **more}, ensure_ascii=False) if args.json else more["contract"]
    print(text, end="")
    return 0


def _scan_secrets(_args: argparse.Namespace) -> int:
    from .scans import scan_secrets

    return scan_secrets(Path())


def _scan_dependencies(_args: argparse.Namespace) -> int:
    from .scans import LOCK, scan_dependencies

    return scan_dependencies(Path(LOCK))


def _test(kind: str, words: Sequence[str], own: Path) -> int:
    # The project's own settings, and the kit's tests by their package: pytest looks for either in the folders
    # above too, which a job may not read.
    settings = ["--config-file=pyproject.toml", "--rootdir=.", "--pyargs", f"ecluse.checks.{kind}"]
    flags = [*settings, *([f"./{own}"] if own.is_dir() else []), *words]
    # In a process of its own: pytest rewrites the asserts of what is not imported yet.
    return subprocess.run([sys.executable, "-m", "pytest", *flags]).returncode


if __name__ == "__main__":
    sys.exit(main())
