"""Settings of the monitor: how a use case is judged (`monitor.yaml`), and what its process is given."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, cast
from urllib.parse import urlsplit

import yaml
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    Json,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from ecluse_core.container import Container
from ecluse_core.errors import SettingError
from ecluse_core.opened import Opened
from ecluse_core.settings import Address, Day, Document, Environment, Flag, Secret, Text, Whole, parse
from ecluse_core.tls import Calling

LEAST_SECRET = 24
"""Characters of a webhook's secret."""


class _Yaml(yaml.SafeLoader):
    """YAML in which `on` is a word, as in version 1.2, and no truth value."""


_BOOL: Final = "tag:yaml.org,2002:bool"
_Yaml.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in known if tag != _BOOL]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Yaml.add_implicit_resolver(_BOOL, re.compile("^(true|false)$", re.IGNORECASE), list("tTfF"))


def _duration(value: object) -> timedelta:
    match = re.fullmatch(r"([0-9]+)([hd])", str(value))
    if match is None:
        raise ValueError(f"must be like 72h or 3d, got {value!r}")
    return timedelta(hours=int(match[1]) * (24 if match[2] == "d" else 1))


def _hours(value: timedelta) -> str:
    return f"{value // timedelta(hours=1)}h"


Part = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
_COOLDOWN: Final = timedelta(hours=72)
_LOOKED_AFTER: Final = timedelta(days=7)
_NO_DELAY: Final = timedelta()
_FORM = WithJsonSchema({"type": "string", "pattern": "^[0-9]+[hd]$"})
Duration = Annotated[timedelta, BeforeValidator(_duration), PlainSerializer(_hours), _FORM]


class Section(Document):
    """A part of `monitor.yaml`; what its keys mean goes into the schema, and from there into the docs."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Limits(Section):
    """Effect sizes from which a significant drift warns, and is critical."""

    warn: Part
    """from this size on, a significant drift is a warning"""
    crit: Part
    """from this size on, it is critical; at least `warn`"""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.warn > self.crit:
            raise ValueError(f"has a warn that must not exceed crit, got {self.warn} over {self.crit}")
        return self


class Numeric(Section):
    """Drift of numbers, in reference standard deviations."""

    w_norm: Limits = Limits(warn=0.05, crit=0.2)
    """Wasserstein distance of a number from the training's, in its standard deviations there"""


class Categorical(Section):
    """Drift of categories, as Jensen-Shannon distance."""

    js: Limits = Limits(warn=0.025, crit=0.1)
    """Jensen-Shannon distance of a category's shares from the training's: 0 is equal, 1 is disjoint;
    a share that goes from 70 % to 65 % has 0.045"""


class Window(Section):
    """Which rows are judged together."""

    size: Literal["1d"] = "1d"
    """rows of how long; a day is the one choice"""
    min_rows: Count = 500
    """rows that a day needs to be judged; fewer are a finding of their own"""
    baselines: Annotated[tuple[Literal["training", "previous"], ...], Field(strict=False)] = ("training",)
    """what a day is compared with: `training`; `previous` is accepted, and reported as not run"""


class Shares(Section):
    """How much more of the rows than at training it takes."""

    warn: Part
    """share of the rows, beyond that of the training, from which it is a warning"""
    broken: Part
    """share from which the contract is broken, and nothing may be trained on the day; at least `warn`"""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.warn > self.broken:
            raise ValueError(f"has a warn that must not exceed broken, got {self.warn} over {self.broken}")
        return self


class ContractLimits(Section):
    """From when on a day's values are not what training saw."""

    fdr: Part = 0.01
    """false discovery rate over all columns: the training's own bounds are estimates from its rows"""
    nulls: Shares = Shares(warn=0.01, broken=0.1)
    """rows that hold no value"""
    unseen: Shares = Shares(warn=0.001, broken=0.1)
    """rows of categories that training never saw"""
    outside: Shares = Shares(warn=0.001, broken=0.1)
    """numbers beyond the 1st or 99th percentile of training by three times its way from the median"""
    scores: Shares = Shares(warn=0.001, broken=0.1)
    """predictions that are null, infinite, or no numbers at all"""


class DriftLimits(Section):
    """From when on a change of the data counts."""

    fdr: Part = 0.02
    """false discovery rate over all columns: a drift counts only where chance alone explains it less often"""
    numeric: Numeric = Numeric()
    """limits of numbers"""
    categorical: Categorical = Categorical()
    """limits of categories"""
    season_weeks: Annotated[int, Field(ge=0, le=12)] = 4
    """weeks before whose same weekday says what is a season, and no drift; 0 for none"""
    history_quantile: Part = 0.99
    """a day must be further from the same weekdays before than this share of the days without drift were"""


class Anomalies(Section):
    """From when on too many rows are unusual: far from training in one column, or in several together."""

    enabled: bool = True
    """whether rows are judged"""
    share: Part = 0.01
    """share of the training's rows, the furthest from all others, beyond which a row is unusual"""
    excess: Limits = Limits(warn=0.01, crit=0.05)
    """how much more of a day's rows may be unusual"""
    alpha: Part = 0.005
    """that counts only where chance alone explains it less often"""
    shown: Annotated[int, Field(ge=0, le=10)] = 5
    """rows that the report shows, the most unusual first"""


class Segment(Section):
    """A column by whose groups rows are judged by themselves."""

    column: str
    """an input of the model"""
    max: Annotated[int, Field(ge=2, le=100)] = 20
    """categories at most, the largest first; the others are one"""
    min_rows: Count = 100
    """rows that a group needs, at training and on the day"""


class SliceSearch(Section):
    """Where a part of the rows drifts, by groups of one input or of two."""

    enabled: bool = True
    """whether slices that `segments` does not name are searched"""
    columns: Annotated[int, Field(ge=2, le=30)] = 10
    """inputs that are searched, those that the model goes by most"""
    pairs: bool = True
    """whether slices are also by two inputs together"""
    min_rows: Count = 50
    """rows that a slice needs, at training and on the day"""
    difference: Limits = Limits(warn=0.1, crit=0.25)
    """how far a share within a slice must have moved, and further than in all other rows; segments too"""
    alpha: Part = 0.005
    """that counts only where chance alone explains it less often, over all slices that were compared"""


class AlertSettings(Section):
    """When the monitor notifies, where, and how often."""

    bad_days: Count = 2
    """so many bad days open an alert; a broken contract does at once"""
    within: Count = 3
    """days that the bad ones must be within; a day that was not judged is neither good nor bad"""
    clear_after: Count = 3
    """good days after the last bad one that close it"""
    cooldown: Annotated[Duration, Field(json_schema_extra={"default": _hours(_COOLDOWN)})] = _COOLDOWN
    """time after which an open alert that nobody looks after is notified again, such as `72h` or `3d`"""
    looked_after: Annotated[Duration, Field(json_schema_extra={"default": _hours(_LOOKED_AFTER)})] = (
        _LOOKED_AFTER
    )
    """how long who is assigned to the issue, or closed it, looks after its alerts; they are sent after it"""
    sinks: Annotated[
        tuple[Literal["gitlab", "webhook", "mail", "alertmanager"], ...], Field(strict=False)
    ] = ("gitlab",)
    """where it notifies: `gitlab` by an issue, the others as the stack's `alerts` has them"""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.bad_days > self.within:
            raise ValueError(
                f"has bad_days that must not exceed within, got {self.bad_days} over {self.within}"
            )
        return self


class Performance(Section):
    """How good the model is by labels that come later."""

    metric: Literal["roc_auc", "r2"] | None = None
    """`roc_auc` or `r2`; without it the labels decide: 0 and 1 mean `roc_auc`, several classes accuracy"""
    max_drop: Limits = Limits(warn=0.02, crit=0.05)
    """how far the metric may fall below that of the training's validation rows"""
    alpha: Part = 0.01
    """a fall counts only where chance alone explains it less often"""
    label_delay: Annotated[Duration, Field(json_schema_extra={"default": _hours(_NO_DELAY)})] = _NO_DELAY
    """how long labels take, in whole days such as `30d`: so long before the day are those that are judged"""
    days: Count = 1
    """days of predictions that are judged together"""
    late_days: Annotated[int, Field(ge=0, le=31)] = 31
    """days before those, whose labels are judged too where they came since the last check; 0 for none"""
    min_labels: Count = 200
    """labels that it takes; with fewer, coverage alone is reported"""


class Retrain(Section):
    """When the monitor starts a training, where its stack allows it."""

    on: Annotated[
        tuple[Literal["performance_crit", "performance_warn", "estimated_drift"], ...], Field(strict=False)
    ] = ("performance_crit",)
    """what asks for it, with an open alert: labels, or an estimate that falls as important columns drift"""
    max_per_week: Count = 1
    """so many are started within seven days, and one at a time"""
    min_new_labels: Count = 2000
    """labels that it takes, since the one before"""
    approve: str | None = None
    """name of the environment where a person lets it on, by a manual job of its pipeline"""

    @model_validator(mode="before")
    @classmethod
    def _check(cls, given: Any) -> Any:
        # Baselines of before hold YAML 1.1's reading of `on`; their champions are judged still.
        if not isinstance(given, dict):
            return given
        found = cast(dict[str, Any], given)
        return {"on" if key == "true" else key: value for key, value in found.items()}


class Settings(Section):
    """How a day is judged."""

    window: Window = Window()
    """which rows are judged together"""
    contract: ContractLimits = ContractLimits()
    """from when on nulls, categories and ranges are not what training saw"""
    drift: DriftLimits = DriftLimits()
    """from when on a change of the data counts"""
    anomalies: Anomalies = Anomalies()
    """from when on too many rows are unusual"""
    alert: AlertSettings = AlertSettings()
    """when it notifies, where, and how often"""
    segments: Annotated[tuple[Segment, ...], Field(strict=False)] = ()
    """parts of the rows judged by themselves: by `column`, `max` categories (20) of `min_rows` (100)"""
    slices: SliceSearch = SliceSearch()
    """the search for the worst slice: a drift that is in a part of the rows alone"""
    performance: Performance = Performance()
    """from when on the model is worse than on the validation rows of its training, once labels are there"""
    retrain: Retrain | None = None
    """when to train again by itself; without it never"""

    @property
    def not_run(self) -> tuple[str, ...]:
        """What is set here, and that this version does not do yet."""
        return ("window.baselines.previous",) if "previous" in self.window.baselines else ()


def load_settings(path: Path) -> dict[str, Any]:
    """The document of a settings file, checked; raises SettingError."""
    try:
        document: object = yaml.load(path.read_text(), _Yaml)
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


class Tracked(Subject, Calling):
    """A process that asks the tracking server; without a token file the server takes it as it comes."""

    tracking_uri: Address = Field(alias="MLFLOW_TRACKING_URI")
    workspace: str = Field(alias="MLFLOW_WORKSPACE")
    tracking_token_file: Path | None = None


class Compact(Subject):
    """What compacts the log of predictions, and deletes what is too old: it opens nothing else."""

    inference: Annotated[Container, Opened("ECLUSE_INFERENCE_URL")] = Field(alias="ECLUSE_INFERENCE_URL")
    log_days: Annotated[int, Whole(1, 36_500)] | None = None
    """For how many days predictions and labels are kept; without it for ever."""


class Reports(Subject):
    """What shows a day's report again."""

    reports: Annotated[Container, Opened("ECLUSE_REPORTS_URL")] = Field(alias="ECLUSE_REPORTS_URL")


def _https(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise ValueError(
            "must be https://<host>… without a login; what it knows the monitor by is its secret"
        )
    return url


class WebhookPlace(Document):
    """Where the webhook is; `networks` are those that its address may be in beside the public ones."""

    url: Annotated[str, AfterValidator(_https)]
    networks: Annotated[tuple[IPvAnyNetwork, ...], Field(strict=False)] = ()


class AlertmanagerPlace(WebhookPlace):
    """Where Prometheus' Alertmanager is, and the hours that an alert holds which no run repeats."""

    hours: Annotated[int, Field(ge=1)] = 48


class MailPlace(Document):
    """The server that sends e-mail, its user, the sender, and those who get it."""

    host: Text
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    user: Text
    sender: Text
    to: Annotated[tuple[Text, ...], Field(min_length=1, strict=False)]


class Check(Tracked, Reports):
    """Settings of a check; without a token for a forge and a place for alerts, the report alone has it."""

    environment: str
    inference: Annotated[Container, Opened("ECLUSE_INFERENCE_URL")] = Field(alias="ECLUSE_INFERENCE_URL")
    review_by: Day | None = None
    """The day on which the model must have been validated again."""
    forge_url: Address = ""
    project_id: str = ""
    forge_token_file: Path | None = None
    run: Annotated[str, Field(pattern="^[A-Za-z0-9._-]*$")] = ""
    """What the processes have in common that judge the parts of a day together: the name of their Job."""
    trigger_token_file: Path | None = None
    asks_retraining: Flag = False
    """Whether a pipeline of the project asks what the monitor wants, in the place of such a token."""
    webhook: Json[WebhookPlace] | None = None
    webhook_secret: Secret = ""
    mail: Json[MailPlace] | None = None
    mail_password: Secret = ""
    alertmanager: Json[AlertmanagerPlace] | None = None
    alertmanager_token: Secret = ""
    """Its bearer token; empty where it asks for none."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.trigger_token_file and not self.forge_token_file:
            raise ValueError("ECLUSE_FORGE_TOKEN_FILE is not set; ECLUSE_TRIGGER_TOKEN_FILE needs it")
        if self.asks_retraining and (self.trigger_token_file or not self.forge_token_file):
            raise ValueError(
                "ECLUSE_ASKS_RETRAINING needs ECLUSE_FORGE_TOKEN_FILE, and no ECLUSE_TRIGGER_TOKEN_FILE"
            )
        if self.webhook and len(self.webhook_secret) < LEAST_SECRET:
            raise ValueError(
                f"ECLUSE_WEBHOOK_SECRET must have {LEAST_SECRET} characters or more; make another"
            )
        if self.mail and not self.mail_password:
            raise ValueError("ECLUSE_MAIL_PASSWORD is not set; ECLUSE_MAIL needs it")
        for name in ("forge_url", "project_id"):
            if self.forge_token_file and not getattr(self, name):
                raise ValueError(f"ECLUSE_{name.upper()} is not set; ECLUSE_FORGE_TOKEN_FILE needs it")
        return self

    @property
    def may_retrain(self) -> bool:
        """Whether the stack lets the monitor have a model trained again."""
        return self.trigger_token_file is not None or self.asks_retraining
