"""Landing takes what the contract says, whole, and refuses the rest by column, row, value and fix."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ecluse.contract import Contract
from ecluse.errors import KitError
from ecluse.history import History
from ecluse.source import read_source

ROWS = 40


def landing(contract: Contract) -> list[date]:
    """Two days on which rows may land."""
    first = max(date(2026, 1, 1), date.fromisoformat(contract.earliest))
    return [first, first + timedelta(31)]


def own(contract: Contract, path: Path, **changed: Any) -> Path:
    """A user's own file that keeps the contract, with some columns set."""
    history, written = contract.history, contract.file
    hours = " %H:00" if history and history.step == "hour" else ""
    form = written.dates or f"%Y-%m-%d{hours}"
    if history is None:
        frame = contract.draw(ROWS, np.random.default_rng(1))
        frame[contract.date] = [day.strftime(form) for day in landing(contract)] * (ROWS // 2)
        if contract.is_classification and not contract.classes:
            frame[contract.target] = frame[contract.target].map(dict(enumerate(contract.outcomes)))
    else:
        frame = pd.concat(
            [_series(contract, history, form, name) for name in ("a", "b")[: 2 if history.series else 1]]
        )
    frame = frame.assign(**changed)
    frame.to_csv(path, index=False, sep=written.separator, decimal=written.decimal, encoding=written.encoding)
    return path


def _series(contract: Contract, history: History, form: str, name: str) -> pd.DataFrame:
    """A series that is long enough for rows, with what the file itself has of them."""
    first = pd.Timestamp(landing(contract)[0])
    steps = history.steps(first, first + pd.DateOffset(years=10))[: history.back + 70]
    frame = contract.draw(len(steps), np.random.default_rng(1))[[*history.given, contract.target]]
    named = {history.series: name} if history.series else {}
    return frame.assign(**{history.time: steps.strftime(form)}, **named)


def test_rows_that_keep_the_contract_land_whole(contract: Contract, tmp_path: Path) -> None:
    found = read_source(own(contract, tmp_path / "own.csv"), contract, landing(contract))
    frame = pd.concat(found.values())
    assert list(frame) == contract.columns and frame[contract.id].is_unique
    assert contract.history or ([*found], len(frame)) == (landing(contract), ROWS)
    for name, categories in contract.categorical.items():
        assert set(frame[name].dropna()) <= set(categories), name
    for name, (low, high) in contract.ranges.items():
        assert frame[name].dtype == np.float64
        assert frame[name].dropna().between(low, high).all(), name


def test_rows_that_break_the_contract_are_refused(contract: Contract, tmp_path: Path) -> None:
    for column, value, fix in _wrong(contract):
        path = own(contract, tmp_path / "own.csv", **{column: value})
        with pytest.raises(KitError, match=f"column {column}, row 1: .*{fix}"):
            read_source(path, contract, landing(contract))


def _wrong(contract: Contract) -> list[tuple[str, Any, str]]:
    amounts = [(name, high + abs(high) + 1, "use a number") for name, (_, high) in contract.ranges.items()]
    if contract.history:
        amounts = [wrong for wrong in amounts if wrong[0] == contract.target]
        return [*amounts, (contract.history.time, "no day", "use ")]
    categories = [(name, "Atlantis of no contract", "use one of") for name in contract.categorical]
    fix = "use one of" if contract.classes else f"use {re.escape(contract.outcomes[1])} where it happened"
    known = contract.classes or contract.outcomes
    label = [(contract.target, 2, fix)] if contract.is_classification and "2" not in known else []
    return [*categories, *amounts, *label, (contract.date, "no day", "use ")]


def test_the_sample_keeps_the_contract(contract: Contract, rows: pd.DataFrame) -> None:
    assert set(contract.columns) <= set(rows)
    for name, categories in contract.categorical.items():
        assert set(rows[name].dropna()) <= set(categories), name
    for name, (low, high) in contract.ranges.items():
        assert rows[name].dropna().between(low, high).all(), name
