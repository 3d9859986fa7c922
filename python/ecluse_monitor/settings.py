"""Settings of a use case's monitor (`monitor.yaml`), parsed once; an error names key, value and fix."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import yaml

from ecluse_monitor.errors import MonitorError

KEYS = {
    "window": {"size", "min_rows", "baselines"},
    "drift": {"fdr", "numeric", "categorical", "history_quantile"},
    "alert": {"consecutive", "clear_after", "cooldown", "sinks"},
}
LATER = ("segments", "performance", "retrain")
"""Sections that are accepted, and that this version reports as not run."""


@dataclass(frozen=True)
class Limits:
    """Effect sizes from which a significant drift warns, and is critical."""

    warn: float
    crit: float


@dataclass(frozen=True)
class Settings:
    """How a day is judged; distances in reference standard deviations, or Jensen-Shannon (0 to 1)."""

    min_rows: int = 500
    fdr: float = 0.05
    numeric: Limits = Limits(0.05, 0.2)
    categorical: Limits = Limits(0.05, 0.1)
    consecutive: int = 2
    clear_after: int = 3
    cooldown: timedelta = timedelta(hours=72)
    sinks: tuple[str, ...] = ("gitlab",)
    not_run: tuple[str, ...] = field(default=())


def load_settings(path: Path) -> dict[str, Any]:
    """The document of a settings file, checked; raises MonitorError."""
    try:
        document: object = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise MonitorError(f"settings {path.name} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise MonitorError(f"settings {path.name} must be a mapping of sections, got {document!r}")
    checked = cast(dict[str, Any], document)
    parse_settings(checked)
    return checked


def parse_settings(document: Mapping[str, Any]) -> Settings:
    """Typed settings of a document; unknown keys and wrong values raise MonitorError."""
    for section, value in document.items():
        if section not in KEYS and section not in LATER:
            raise MonitorError(f"{section} is no section; use {', '.join([*KEYS, *LATER])}")
        if section in KEYS:
            _known(section, value)
    window, drift, alert = (document.get(section, {}) for section in KEYS)
    if window.get("size", "1d") != "1d":
        raise MonitorError(f"window.size must be 1d, got {window['size']!r}")
    default = Settings()
    return Settings(
        min_rows=_whole(window, "window.min_rows", default.min_rows),
        fdr=_share(drift, "drift.fdr", default.fdr),
        numeric=_limits(drift.get("numeric", {}), "drift.numeric.w_norm", default.numeric),
        categorical=_limits(drift.get("categorical", {}), "drift.categorical.js", default.categorical),
        consecutive=_whole(alert, "alert.consecutive", default.consecutive),
        clear_after=_whole(alert, "alert.clear_after", default.clear_after),
        cooldown=_hours(alert.get("cooldown", "72h")),
        sinks=tuple(alert.get("sinks", default.sinks)),
        not_run=_not_run(document),
    )


def _not_run(document: Mapping[str, Any]) -> tuple[str, ...]:
    parts = [section for section in LATER if section in document]
    if "history_quantile" in document.get("drift", {}):
        parts.append("drift.history_quantile")
    if "previous" in document.get("window", {}).get("baselines", []):
        parts.append("window.baselines.previous")
    if "webhook" in document.get("alert", {}).get("sinks", []):
        parts.append("alert.sinks.webhook")
    return tuple(parts)


def _known(section: str, value: object) -> None:
    if not isinstance(value, dict):
        raise MonitorError(f"{section} must be a mapping, got {value!r}")
    for key in cast(dict[str, Any], value):
        if key not in KEYS[section]:
            raise MonitorError(f"{section}.{key} is no setting; use {', '.join(sorted(KEYS[section]))}")


def _whole(section: Mapping[str, Any], key: str, default: int) -> int:
    value = section.get(key.rpartition(".")[2], default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise MonitorError(f"{key} must be a whole number from 1, got {value!r}")
    return value


def _share(section: Mapping[str, Any], key: str, default: float) -> float:
    value = section.get(key.rpartition(".")[2], default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise MonitorError(f"{key} must be between 0 and 1, got {value!r}")
    return float(value)


def _limits(section: Mapping[str, Any], key: str, default: Limits) -> Limits:
    value: object = section.get(key.rpartition(".")[2])
    if value is None:
        return default
    if not isinstance(value, dict) or set(cast(dict[str, Any], value)) != {"warn", "crit"}:
        raise MonitorError(f"{key} must be {{warn: …, crit: …}}, got {value!r}")
    limits = cast(dict[str, Any], value)
    warn, crit = (_share(limits, f"{key}.{name}", 0) for name in ("warn", "crit"))
    if warn > crit:
        raise MonitorError(f"{key}.warn must not exceed crit, got {warn} over {crit}")
    return Limits(warn, crit)


def _hours(value: object) -> timedelta:
    match = re.fullmatch(r"(\d+)([hd])", str(value))
    if match is None:
        raise MonitorError(f"alert.cooldown must be like 72h or 3d, got {value!r}")
    return timedelta(hours=int(match[1]) * (24 if match[2] == "d" else 1))
