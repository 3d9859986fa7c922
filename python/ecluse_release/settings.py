"""The environment variables of a release, read once.

`ECLUSE_GATES` is a JSON document; all but `segments` and `max_retrain_gap` is required. The metric
`roc_auc` judges a binary classifier, and `roc_auc_ovr` one of several classes. `r2` judges a regressor, which
has `max_bias` in place of the three bounds of probabilities:

    {"metric": "roc_auc", "floor": 0.80, "baseline_margin": 0.02, "non_inferiority_margin": 0.01,
     "max_brier": 0.15, "max_slope_error": 0.25, "max_intercept_error": 0.25, "risk": 0.05,
     "max_size_mb": 100, "max_latency_ms": 100, "max_retrain_gap": 0.005, "undecided": "refuse",
     "segments": [{"column": "country", "floor": 0.70, "min_rows": 200}]}

`ECLUSE_ACCOUNTABILITY` says who answers for the model; without it the stack does not say it.

`ECLUSE_CONTRACT` names the columns that the platform must know: `{"target": "churned", "id": "customer_id"}`,
and `baseline` for the input of a forecast that a model must be better than.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, Json, model_validator
from pydantic.dataclasses import dataclass

from ecluse_core.container import Container
from ecluse_core.opened import Opened
from ecluse_core.settings import Address, Day, Document, Environment, Secret, Share, Text, Whole, matches
from ecluse_core.tls import Calling
from ecluse_release import classification, multiclass, regression
from ecluse_release.gates import Rules, SegmentRule, Task, Undecided
from ecluse_release.period import ChampionSeconds

Risk = Annotated[float, Field(ge=0.001, le=0.2)]
Minutes = Annotated[int, Field(ge=0, le=43_200)]
Margin = Annotated[float, Field(ge=0, le=0.5)]


class _Gates(Document):
    """The bounds that a model of any metric must keep; those of its errors are keys of the task's gates."""

    task: ClassVar[Task]
    floor: Share
    baseline_margin: Margin
    non_inferiority_margin: Margin
    risk: Risk
    undecided: Undecided
    max_size_mb: Annotated[float, Field(gt=0, le=500)]
    max_latency_ms: Annotated[float, Field(gt=0, le=30_000)]
    max_retrain_gap: Margin | None = None
    segments: tuple[SegmentRule, ...] = ()

    def rules(self) -> Rules:
        """What the gates are judged by."""
        margins = self.baseline_margin, self.non_inferiority_margin
        errors = {name: float(getattr(self, name)) for name in self.task.ERRORS}
        costs = self.max_size_mb, self.max_latency_ms, self.max_retrain_gap
        decision = self.risk, self.undecided
        return Rules(self.task, self.floor, *margins, errors, self.segments, *decision, *costs)


class _ClassifierGates(_Gates):
    # 0.5 is no skill.
    floor: Annotated[float, Field(ge=0.5, le=1)]
    max_brier: Share
    max_slope_error: Share
    max_intercept_error: Annotated[float, Field(ge=0, le=5)]


class ClassificationGates(_ClassifierGates):
    """The gates of a binary classifier."""

    task = classification
    metric: Literal["roc_auc"]


class MulticlassGates(_ClassifierGates):
    """The gates of a classifier of several classes."""

    task = multiclass
    metric: Literal["roc_auc_ovr"]


class RegressionGates(_Gates):
    """The gates of a regressor."""

    task = regression
    metric: Literal["r2"]
    max_bias: Share


Gates = Annotated[ClassificationGates | MulticlassGates | RegressionGates, Field(discriminator="metric")]


class Contract(Document):
    """The columns by which models of a use case are judged, as the stack has them."""

    target: Text
    id: Text
    baseline: Text | None = None


class RolloutRules(Document):
    """How a challenger takes the champion's place: stages, their least and longest time, and the bounds."""

    shadow_minutes: Minutes
    canary: tuple[Annotated[int, Field(ge=1, le=99)], ...]
    canary_minutes: Minutes
    limit_minutes: Minutes
    undecided: Literal["withdraw", "promote"]
    max_error_rate: Share
    max_latency_ratio: Annotated[float, Field(ge=1, le=100)]
    max_score_distance: Share
    risk: Risk


class Accountability(Document):
    """Who answers for a use case's model, as the stack has it; each release signs it with the model."""

    owner: Text
    team: Text
    purpose: Text
    risk_class: Literal["minimal", "limited", "high"]
    materiality: Literal["low", "medium", "high"]
    review_by: Day
    """The day on which the model must have been validated again."""
    decision_threshold: float | None = None
    """The score from which the use case acts; None where no score decides."""

    def is_over(self, today: date) -> bool:
        """Whether the model must have been validated again, on a day of UTC."""
        return today >= self.review_by


class Gated(Environment):
    """A process that judges models."""

    gates: Json[Gates]


@dataclass(frozen=True)
class Serving:
    """The model server to reload, a token and an authority for it, its replicas, and how often each polls."""

    url: str
    token: str
    replicas: int
    champion_seconds: int
    authority: Path | None = None


class ChampionSettings(Calling):
    """Whose champion a process changes, by which key and token, and the model server that then loads it."""

    use_case: str
    environment: str
    signing_key: Secret
    tracking_uri: Address = Field(alias="MLFLOW_TRACKING_URI")
    tracking_token: Secret = Field(alias="MLFLOW_TRACKING_TOKEN")
    workspace: str = Field(alias="MLFLOW_WORKSPACE")
    serving_url: Address | None = None
    serving_token: Secret = ""
    serving_replicas: Annotated[int, Whole(1, 1000)] = 0
    champion_seconds: ChampionSeconds = 30
    rollout: Json[RolloutRules] | None = None
    """How challengers are rolled out; None where a release makes them champion at once."""

    @model_validator(mode="after")
    def _check_serving(self) -> Self:
        for name in ("serving_token", "serving_replicas"):
            if self.serving_url and not getattr(self, name):
                raise ValueError(f"ECLUSE_{name.upper()} is not set; ECLUSE_SERVING_URL needs it")
        return self

    @property
    def serving(self) -> Serving | None:
        """The model server, where there is one to reload."""
        if not self.serving_url:
            return None
        replicas, seconds = self.serving_replicas, self.champion_seconds
        return Serving(self.serving_url, self.serving_token, replicas, seconds, self.authority)


class Settings(Gated, ChampionSettings):
    """What a release works on."""

    project: str
    commit: Annotated[str, matches("[0-9a-f]{40}", "a full commit id of 40 hex digits")]
    pipeline_id: Annotated[str, matches("[0-9]{1,20}", "the number of a pipeline")]
    contract: Json[Contract]
    accountability: Json[Accountability] | None = None
    data: Annotated[Container, Opened("ECLUSE_DATA_URL")] = Field(alias="ECLUSE_DATA_URL")
    holdout: Annotated[Container, Opened("ECLUSE_HOLDOUT_URL")] = Field(alias="ECLUSE_HOLDOUT_URL")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.contract.baseline and self.gates.task.KIND != "regressor":
            raise ValueError(
                f"ECLUSE_CONTRACT has baseline {self.contract.baseline!r}, and ECLUSE_GATES metric "
                f"{self.gates.metric!r}: leave baseline out, or set metric to r2"
            )
        return self

    @property
    def rules(self) -> Rules:
        """The bounds of the gates."""
        return self.gates.rules()

    @property
    def trainer(self) -> str:
        """The MLflow user whose runs may be released: jobs of the project, whose tokens name the commit.

        A training in a pod logs into the run of such a job.
        """
        return f"ci:{self.project}:{self.environment}:train"


def parse_rules(text: str) -> Rules:
    """Parses the JSON text of `ECLUSE_GATES`; raises SettingError."""
    return Gated.read({"ECLUSE_GATES": text}).gates.rules()
