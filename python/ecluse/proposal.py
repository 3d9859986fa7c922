"""The contract that fits what a file holds, as Python: a proposal, for a person to read and correct."""

import json
from typing import Final, Literal

import numpy as np

from .contract import Contract, Range
from .errors import KitError
from .file_format import PLAIN, FileFormat
from .profile import Column, Profile

YES: Final = ("1", "yes", "y", "true", "t", "ja", "oui", "si", "sì", "sí", "sim", "tak", "да", "positive")
"""What a target has, in small letters, where it happened."""
WIDTH: Final = 110
"""Characters of a line."""


def contract_of(found: Profile) -> Contract:
    """The contract that fits; raises KitError where the columns make none."""
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
    lines = [
        f'"""The data contract, proposed from {found.rows} rows.',
        "",
        "Read each line: a file shows what was, not what may be.",
        '"""',
        "",
        f"from ecluse import {'Contract, FileFormat' if found.written != PLAIN else 'Contract'}",
        "",
        *[f"# {note}" for note in found.notes],
        *left,
        "CONTRACT = Contract(",
        *_fields(found, contract_of(found)),
        ")",
    ]
    return "\n".join(lines) + "\n"


def _fields(found: Profile, contract: Contract) -> list[str]:
    seen = {column.name: f"  # {column.low:g} to {column.high:g} were seen"
            for column in found.columns if column.low is not None}  # fmt: skip
    ranges = [
        f"        {_text(name)}: {_range(limits)},{seen[name]}" for name, limits in contract.numeric.items()
    ]
    categories = [line for name, values in contract.categorical.items()
                  for line in _listed(f"        {_text(name)}: ", values)]  # fmt: skip
    return [
        f"    target={_text(contract.target)},",
        *_target(contract, seen.get(contract.target, "")),
        f"    id={_text(contract.id)},",
        *(["    categorical={", *categories, "    },"] if categories else []),
        *(["    numeric={", *ranges, "    },"] if ranges else []),
        *([f"    date={_text(contract.date)},"] if contract.date != "date" else []),
        *(_format(found.written) if found.written != PLAIN else []),
    ]


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
