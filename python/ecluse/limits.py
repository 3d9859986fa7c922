"""The bounds that a model must keep. `limits.yaml` has each with its reason; no test has one of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import yaml

from .contract import Contract
from .errors import KitError


@dataclass(frozen=True)
class Bound:
    """What a bound measures: the least or the most that is allowed, and what to do about a miss."""

    least: bool
    about: str
    fix: str


_BOTH: Final = {
    "quality_floor": Bound(True, "quality on the hold-out", "improve the model, or bring better data"),
    "segment_floor": Bound(
        True, "quality in each segment, by its upper 99 % bound", "look at this segment's rows and labels"
    ),
    "segment_rows": Bound(
        True, "rows that a segment must have to be judged", "lower it, or take the column out of segments"
    ),
    "one_input": Bound(
        False,
        "quality that a small tree of one input alone reaches",
        "take the input out of the contract, where it is only known after the target",
    ),
    "null_loss": Bound(
        False, "quality that is lost when a tenth of all values is null", "train on rows that have nulls"
    ),
    "latency_factor": Bound(
        False, "time to score a batch, in times of a linear model's", "use fewer or smaller trees"
    ),
}
_CLASSIFICATION: Final = {
    "loss_to_rate": Bound(
        False, "log loss, as a share of that of the overall rate alone", "improve or calibrate the model"
    ),
    "calibration": Bound(
        False, "how far a predicted rate is off the true one, beyond chance", "calibrate the model"
    ),
    "unseen_floor": Bound(
        True, "quality where a category is one never seen", "let the model go less by that column"
    ),
}
_REGRESSION: Final = {
    "bias": Bound(
        False,
        "how far predictions are off on average, beyond chance, in sd of the target",
        "look for a drift",
    ),
}
_BASELINE: Final = {
    "baseline_gain": Bound(
        True, "quality over that of the contract's baseline column", "improve the model, or use the baseline"
    ),
}


def bounds(contract: Contract) -> dict[str, Bound]:
    """The bounds that a contract's models are held to, by their key in the file."""
    kind = _CLASSIFICATION if contract.is_classification else _REGRESSION
    return {**_BOTH, **kind, **(_BASELINE if contract.baseline else {})}


@dataclass(frozen=True)
class Limits:
    """The bounds of a use case."""

    file: str
    bounds: dict[str, Bound]
    values: dict[str, float]
    reasons: dict[str, str]
    segments: tuple[str, ...]
    """Columns whose values are the segments; without the key, every categorical input."""

    def check(self, name: str, value: float, of: str = "") -> None:
        """Raises AssertionError where the value breaks the bound: which, by how much, and what to do."""
        bound, limit = self.bounds[name], self.values[name]
        missed = limit - value if bound.least else value - limit
        # What is no number is no pass.
        if missed <= 0:
            return
        asks = "at least" if bound.least else "at most"
        raise AssertionError(
            f"{name}{of and f' ({of})'}: {value:.4g}, and {self.file} asks for {asks} {limit:g}: missed by "
            f"{missed:.4g}. It is the {bound.about}. Why: {self.reasons[name]}. "
            f"To do: {bound.fix}, or change {name} in {self.file} with a reason"
        )


def read_limits(contract: Contract, path: Path) -> Limits:
    """The bounds in a file; raises KitError where one is missing, unknown, or without a reason."""
    try:
        document: object = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise KitError(f"{path} cannot be read: {error}") from error
    entries = cast(dict[str, Any], document) if isinstance(document, dict) else {}
    known = bounds(contract)
    for name in known:
        if name not in entries:
            raise KitError(
                f"{path}: {name} is missing; add it with {_asked(known[name])} and its reason (why)"
            )
    for name, entry in entries.items():
        if name not in (*known, "segments"):
            raise KitError(f"{path}: {name} is unknown; use {', '.join([*known, 'segments'])}")
        if not isinstance(entry, dict) or not str(cast(dict[str, Any], entry).get("why", "")).strip():
            raise KitError(f"{path}: {name} has no reason; say why in `why`")
    return Limits(
        path.name,
        known,
        {name: _number(path, name, entries[name]) for name in known},
        {name: str(entries[name]["why"]).rstrip(".") for name in known},
        _segments(path, entries, contract),
    )


def _asked(bound: Bound) -> str:
    """What an entry must say, for the team that a later kit asks for one more."""
    return f"its bound (the {'least' if bound.least else 'most'} {bound.about})"


def _number(path: Path, name: str, entry: dict[str, Any]) -> float:
    value = entry.get("bound")
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise KitError(f"{path}: {name}.bound must be a number, got {value!r}")
    return float(value)


def _names(path: Path, name: str, value: object) -> tuple[str, ...]:
    names = cast(list[object], value) if isinstance(value, list) else [None]
    if not all(isinstance(each, str) for each in names):
        raise KitError(f"{path}: {name} must be a list of names, got {value!r}")
    return tuple(cast(list[str], names))


def _segments(path: Path, entries: dict[str, Any], contract: Contract) -> tuple[str, ...]:
    if "segments" not in entries:
        return tuple(contract.categorical)
    columns = _names(path, "segments.columns", entries["segments"].get("columns"))
    unknown = next((name for name in columns if name not in contract.inputs), None)
    if unknown:
        raise KitError(f"{path}: segments.columns: {unknown} is no input; use {', '.join(contract.inputs)}")
    return columns
