"""Settings of the monitor: how a use case is judged (`monitor.yaml`), and what its process is given."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

import yaml
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from ecluse_core.container import Container
from ecluse_core.errors import SettingError
from ecluse_core.opened import Opened
from ecluse_core.settings import Address, Document, Environment, parse

LATER = ("segments", "performance", "retrain")
"""Sections that are accepted, and that this version reports as not run."""


def _duration(value: object) -> timedelta:
    match = re.fullmatch(r"([0-9]+)([hd])", str(value))
    if match is None:
        raise ValueError(f"must be like 72h or 3d, got {value!r}")
    return timedelta(hours=int(match[1]) * (24 if match[2] == "d" else 1))


Part = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
_FORM = WithJsonSchema({"type": "string", "pattern": "^[0-9]+[hd]$"})
Duration = Annotated[timedelta, BeforeValidator(_duration), _FORM]


class Limits(Document):
    """Effect sizes from which a significant drift warns, and is critical."""

    warn: Part
    crit: Part

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.warn > self.crit:
            raise ValueError(f"has a warn that must not exceed crit, got {self.warn} over {self.crit}")
        return self


class Numeric(Document):
    """Drift of numbers, in reference standard deviations."""

    w_norm: Limits = Limits(warn=0.05, crit=0.2)


class Categorical(Document):
    """Drift of categories, as Jensen-Shannon distance."""

    js: Limits = Limits(warn=0.05, crit=0.1)


class Window(Document):
    """Which rows are judged together."""

    size: Literal["1d"] = "1d"
    min_rows: Count = 500
    baselines: Annotated[tuple[Literal["training", "previous"], ...], Field(strict=False)] = ("training",)


class DriftLimits(Document):
    """From when on a change of the data counts."""

    fdr: Part = 0.05
    numeric: Numeric = Numeric()
    categorical: Categorical = Categorical()
    history_quantile: Part | None = None


class AlertSettings(Document):
    """When the monitor notifies, where, and how often."""

    consecutive: Count = 2
    clear_after: Count = 3
    cooldown: Duration = timedelta(hours=72)
    sinks: Annotated[tuple[Literal["gitlab", "webhook"], ...], Field(strict=False)] = ("gitlab",)


class Settings(Document):
    """How a day is judged."""

    window: Window = Window()
    drift: DriftLimits = DriftLimits()
    alert: AlertSettings = AlertSettings()
    segments: Any = None
    performance: Any = None
    retrain: Any = None

    @property
    def not_run(self) -> tuple[str, ...]:
        """What is set here, and that this version does not do yet."""
        wanted = {section: section in self.model_fields_set for section in LATER} | {
            "drift.history_quantile": self.drift.history_quantile is not None,
            "window.baselines.previous": "previous" in self.window.baselines,
            "alert.sinks.webhook": "webhook" in self.alert.sinks,
        }
        return tuple(name for name, is_set in wanted.items() if is_set)


def load_settings(path: Path) -> dict[str, Any]:
    """The document of a settings file, checked; raises SettingError."""
    try:
        document: object = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise SettingError(f"settings {path.name} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise SettingError(f"settings {path.name} must be a mapping of sections, got {document!r}")
    checked = cast(dict[str, Any], document)
    parse_settings(checked)
    return checked


def parse_settings(document: Mapping[str, Any]) -> Settings:
    """Typed settings of a document; raises SettingError."""
    return parse(Settings, document)


class Subject(Environment):
    """The use case that a command is about."""

    use_case: str


class Tracked(Subject):
    """A process that asks the tracking server; without a token file the server takes it as it comes."""

    tracking_uri: Address = Field(alias="MLFLOW_TRACKING_URI")
    workspace: str = Field(alias="MLFLOW_WORKSPACE")
    tracking_token_file: Path | None = None


class Reports(Subject):
    """What shows a day's report again."""

    reports: Annotated[Container, Opened("ECLUSE_REPORTS_URL")] = Field(alias="ECLUSE_REPORTS_URL")


class Check(Tracked, Reports):
    """Settings of a check; without a token for a forge, the result is in the report alone."""

    environment: str
    inference: Annotated[Container, Opened("ECLUSE_INFERENCE_URL")] = Field(alias="ECLUSE_INFERENCE_URL")
    forge_url: Address = ""
    project_id: str = ""
    forge_token_file: Path | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name in ("forge_url", "project_id"):
            if self.forge_token_file and not getattr(self, name):
                raise ValueError(f"ECLUSE_{name.upper()} is not set; ECLUSE_FORGE_TOKEN_FILE needs it")
        return self
