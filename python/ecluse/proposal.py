"""The contract that fits what a file holds, as Python: a proposal, for a person to read and correct."""

import json
from collections.abc import Mapping
from typing import Final, Literal

import numpy as np

from .contract import Contract, Range
from .errors import KitError
from .file_format import PLAIN, FileFormat
from .profile import Axis, Column, Profile

YES: Final = ("1", "yes", "y", "true", "t", "ja", "oui", "si", "sì", "sí", "sim", "tak", "да", "positive")
"""What a target has, in small letters, where it happened."""
WIDTH: Final = 110
"""Characters of a line."""
ROW: Final = "row_id"
"""The id of the rows of a time series, which no file has."""


def contract_of(found: Profile) -> Contract:
    """The contract that fits what is no time series; raises KitError where the columns make none."""
    named = {kind: [column for column in found.columns if column.kind == kind]
             for kind in ("id", "target", "date", "categorical", "numeric")}  # fmt: skip
    (target,) = named["target"]
    is_amount = target.low is not None and set(target.values) != {"0", "1"}
    classes = tuple(sorted(target.values)) if len(target.values) > 2 and not is_amount else ()
    return Contract(
        target=target.name,
        target_range=wide(target) if is_amount else None,
        classes=classes,
        outcomes=("0", "1") if is_amount or classes else outcomes(target),
        id=named["id"][0].name,
        categorical={column.name: tuple(sorted(column.values)) for column in named["categorical"]},
        numeric={column.name: wide(column) for column in named["numeric"]},
        date=next((column.name for column in named["date"]), "date"),
        file=found.written,
    )


def task_of(contract: Contract) -> Literal["classification", "multiclass", "regression"]:
    """What a model of the contract predicts, as templates of `ecluse new` are called."""
    return (
        "multiclass" if contract.classes else "classification" if contract.is_classification else "regression"
    )


def propose(found: Profile) -> dict[str, str]:
    """Task, id and contract that fit; raises KitError where the columns make none."""
    if found.axis:
        return {"task": "timeseries", "id": ROW, "contract": source(found)}
    contract = contract_of(found)
    return {"task": task_of(contract), "id": contract.id, "contract": source(found)}


def outcomes(target: Column) -> tuple[str, str]:
    """What stands for 0 and for 1: a word that means yes, else the rarer one, is 1."""
    frequent, rare = target.values
    return (rare, frequent) if frequent.lower() in YES else (frequent, rare)


def wide(column: Column) -> Range:
    """The range of a number: what was seen, and as much again on either side, in round numbers.

    A number that was never below zero is not expected to be.
    """
    if column.low is None or column.high is None:
        raise KitError(f"column {column.name} holds no number")
    low, high = column.low, column.high
    width = (high - low) or abs(high) or 1.0
    least, most = _round(low - width, up=False), _round(high + width, up=True)
    return max(least, 0.0) if low >= 0 else least, min(most, 0.0) if high <= 0 < width and low < 0 else most


def _round(value: float, *, up: bool) -> float:
    if value == 0:
        return 0.0
    # Twelve digits: 0.5 - 0.2 is to be 0.3, before it is rounded and after.
    unit = 10.0 ** np.floor(np.log10(abs(value)))
    digits = float(f"{value / unit:.12g}")
    return float(f"{(np.ceil if up else np.floor)(digits) * unit:.12g}")


def source(found: Profile) -> str:
    """The contract as `features.py` has it, with what was left out, and why."""
    left = [f"# {column.name} is left out: {column.why}" for column in found.columns if column.why]
    names = (
        "Contract" + (", FileFormat" if found.written != PLAIN else "") + (", History" if found.axis else "")
    )
    lines = [
        f'"""The data contract, proposed from {found.rows} rows.',
        "",
        "Read each line: a file shows what was, not what may be.",
        '"""',
        "",
        f"from ecluse import {names}",
        "",
        *(["from .lags import BACK, CALENDAR, LAGS, NUMBERS, with_lags", ""] if found.axis else []),
        *[f"# {note}" for note in found.notes],
        *left,
        *(_series(found, found.axis) if found.axis else _rows(found, contract_of(found))),
        *(_format(found.written) if found.written != PLAIN else []),
        ")",
    ]
    return "\n".join(lines) + "\n"


def _rows(found: Profile, contract: Contract) -> list[str]:
    seen = _seen(found)
    return [
        "CONTRACT = Contract(",
        f"    target={_text(contract.target)},",
        *_target(contract, seen.get(contract.target, "")),
        f"    id={_text(contract.id)},",
        *_table("categorical", _categories(contract.categorical)),
        *_table("numeric", _ranges(contract.numeric, seen)),
        *([f"    date={_text(contract.date)},"] if contract.date != "date" else []),
    ]


def _series(found: Profile, axis: Axis) -> list[str]:
    """Of a time series: `lags.py` makes what looks back, and the file's other columns are given."""
    seen, (target,) = _seen(found), [column for column in found.columns if column.kind == "target"]
    texts = {each.name: tuple(sorted(each.values)) for each in found.columns if each.kind == "categorical"}
    numbers = {each.name: wide(each) for each in found.columns if each.kind == "numeric"}
    given = (*texts, *numbers)
    return [
        *([f"# Who asks for a forecast must know {', '.join(given)} of its time: else leave it out."]
          if given else []),
        f"AMOUNT = {_range(wide(target))}{seen[target.name]}",
        "CONTRACT = Contract(",
        f"    target={_text(target.name)},",
        "    target_range=AMOUNT,",
        f"    id={_text(ROW)},",
        *_table("categorical", ["        **CALENDAR,", *_categories(texts)]),
        *_table("numeric", ["        **NUMBERS,", "        **dict.fromkeys(LAGS, AMOUNT),",
                            *_ranges(numbers, seen)]),
        '    baseline="season_ago",',
        "    history=History(",
        *[f"        {key}={_text(value)}," for key, value in vars(axis).items()],
        "        back=BACK,",
        "        inputs=with_lags,",
        *(_listed("        given=", given) if given else []),
        "    ),",
    ]  # fmt: skip


def _seen(found: Profile) -> dict[str, str]:
    return {column.name: f"  # {column.low:g} to {column.high:g} were seen"
            for column in found.columns if column.low is not None}  # fmt: skip


def _ranges(limits: Mapping[str, Range], seen: Mapping[str, str]) -> list[str]:
    return [f"        {_text(name)}: {_range(each)},{seen[name]}" for name, each in limits.items()]


def _categories(values: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [line for name, each in values.items() for line in _listed(f"        {_text(name)}: ", each)]


def _table(name: str, lines: list[str]) -> list[str]:
    return [f"    {name}={{", *lines, "    },"] if lines else []


def _target(contract: Contract, seen: str) -> list[str]:
    if contract.target_range:
        return [f"    target_range={_range(contract.target_range)},{seen}"]
    if contract.classes:
        return _listed("    classes=", contract.classes)
    return _listed("    outcomes=", contract.outcomes) if contract.outcomes != ("0", "1") else []


def _format(written: FileFormat) -> list[str]:
    own = {key: value for key, value in vars(written).items() if value != getattr(PLAIN, key)}
    lines = [line for key, value in own.items()
             for line in (_listed(f"        {key}=", value) if isinstance(value, tuple)
                          else [f"        {key}={_text(value)},"])]  # fmt: skip
    return ["    file=FileFormat(", *lines, "    ),"]


def _listed(head: str, values: tuple[str, ...]) -> list[str]:
    """A tuple as a formatter would write it."""
    texts = [_text(value) for value in values]
    line = f"{head}({', '.join(texts)}{',' if len(texts) == 1 else ''}),"
    if len(line) <= WIDTH:
        return [line]
    indent = " " * (len(head) - len(head.lstrip()))
    return [f"{head}(", *[f"{indent}    {text}," for text in texts], f"{indent}),"]


def _range(limits: Range) -> str:
    return f"({limits[0]:,.12g}, {limits[1]:,.12g})".replace(",", "_").replace("_ ", ", ")


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
