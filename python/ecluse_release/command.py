"""What the commands of a release share: they print the outcome, and exit by it."""

import argparse
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import asdict

from ecluse_core.errors import SettingError
from ecluse_release.gates import Gate
from ecluse_release.release import REFUSALS, Outcome, release
from ecluse_release.settings import Settings


def line(gate: Gate) -> str:
    """A gate in words: verdict, value with its interval, bound, rows, what it is, and what to do."""
    verdict = ("passed" if gate.result == "pass" else "noted") if gate.passed else "REFUSED"
    value = f"{gate.value:.4f} ({gate.low:.4f} to {gate.high:.4f})" if gate.value is not None else "-"
    of = f"{gate.reason}, {gate.rows:,} rows" if gate.rows else gate.reason
    fix = f"; {gate.fix}" if gate.fix else ""
    return f"{verdict:<7}  {gate.name:<24} {value:>28}  bound {gate.bound:8.4f}  {of}{fix}"


def _print(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(outcome)))
        return
    for gate in outcome.gates:
        print(line(gate))
    print(outcome.message)


def run(name: str, about: str | None, read: Callable[[], Settings]) -> int:
    """Does the release of the settings that `read` gives: 0 released, 1 refused, 2 a wrong setting."""
    parser = argparse.ArgumentParser(prog=name, description=about)
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON document")
    as_json = bool(parser.parse_args().json)
    logging.basicConfig(format="%(message)s")
    # What confines the models.
    logging.getLogger("ecluse_models").setLevel(logging.INFO)
    try:
        outcome = release(read())
    except SettingError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except REFUSALS as error:
        outcome = Outcome(False, False, f"refused: {error}")
    _print(outcome, as_json)
    return 0 if outcome.released else 1
