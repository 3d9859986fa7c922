"""The document that `check` writes of a day, as a model: its JSON schema is published (`npm run schemas`).

Only what is written is described here. The checks make their parts; tests hold those against the model.
"""

from typing import Literal

from pydantic import ConfigDict, Field

from ecluse_core.settings import Document
from ecluse_monitor.drift import Drift
from ecluse_monitor.segments import Found
from ecluse_monitor.state import Alert, Mute, Retraining

Severity = Literal["fine", "warning", "critical", "too_little", "broken"]


class Shown(Document):
    """A part of the report; the text below a key describes it in the schema."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class FindingShown(Shown):
    """One thing that a check found."""

    check: str
    """the check, such as `drift` or `nulls`"""
    severity: Severity
    """how bad it is"""
    text: str
    """what was found, in words"""
    column: str
    """the input that it is about; empty for the whole day"""
    segment: str
    """the part of the rows that it is about; empty for all"""
    value: float
    """its size, in the check's own unit"""
    limit: float
    """the limit that it is beyond"""
    days: int
    """the bad days that it counts as: one, or more by labels that came late"""


class ShareShown(Shown):
    """A range of numbers, or a category."""

    label: str
    """the range or the category"""
    then: float
    """its share of the rows at training, from 0 to 1"""
    now: float
    """its share of the rows on the day"""


class LimitShown(Shown):
    """From when on a distance is a finding."""

    warn: float
    """a warning from here on"""
    crit: float
    """critical from here on"""


class LimitsShown(Shown):
    """Limits of distances, by the kind of a column."""

    numeric: LimitShown
    """of numbers: the Wasserstein distance in standard deviations of the training"""
    categorical: LimitShown
    """of categories: the Jensen-Shannon distance"""


class MeasuredShown(Shown):
    """A quantity with its uncertainty."""

    value: float
    """the value"""
    error: float
    """its standard error"""
    rows: int
    """the rows that it is of"""


class EstimatedShown(MeasuredShown):
    """How good the model seems by its scores alone."""

    blind_to: str
    """what no estimate can see"""


class BesideShown(Shown):
    """A metric beside the one that is judged."""

    reference: MeasuredShown
    """what the model reached on the validation rows of its training"""
    realised: MeasuredShown | None = None
    """the metric by these labels; left out where they are too few"""


class PerformanceShown(Shown):
    """How good the model is by labels."""

    from_: str = Field(alias="from")
    """first day of the predictions whose labels are due"""
    to: str
    """last day of them"""
    metric: Literal["roc_auc", "accuracy", "r2"]
    """the metric; `accuracy` of several classes"""
    reference: MeasuredShown
    """what the model reached on the validation rows of its training"""
    predictions: int
    """the champion's predictions of these days"""
    labels: int
    """those of them that have a label"""
    coverage: float
    """the share that has one"""
    late: dict[str, int]
    """labels of predictions before these days that came since the last check, by the day of the prediction"""
    one_outcome: list[str]
    """days of late labels that are left out: nearly all are of one outcome, and so no random part"""
    realised: MeasuredShown | None
    """the metric by these labels; null where they are too few"""
    surprise: MeasuredShown | None
    """squared error beyond what such scores had at training, in the target's variance; of several classes log
    loss, in the entropy of the labels at training; null as above"""
    unknown: str
    """why `realised` is null, in words; else empty"""
    beside: dict[str, BesideShown]
    """other metrics, by name: `log_loss` and `macro_f1` of several classes, which alert nobody"""


class UnusualColumn(Shown):
    """What makes a row unusual."""

    column: str
    """the input"""
    value: str
    """its value"""
    usual: str
    """what is usual, in words"""
    part: float
    """its part of the row's distance, from 0 to 1"""


class UnusualRow(Shown):
    """One of the worst rows."""

    prediction_id: str
    """the prediction's id; empty where none was logged"""
    id: str
    """the caller's own id; empty where none was given"""
    distance: float
    """how far it is from what is usual"""
    columns: list[UnusualColumn]
    """the columns that make it so, the largest part first"""


class AnomaliesShown(Shown):
    """Unusual rows."""

    rows: int
    """rows that were looked at"""
    share: float
    """the share of them that is unusual"""
    expected: float
    """the share at training"""
    worst: list[UnusualRow]
    """the furthest ones"""


class SegmentsShown(Shown):
    """The search for parts of the rows that drift alone."""

    rows: int
    """rows that were looked at"""
    compared: int
    """comparisons that were made"""
    found: list[Found]
    """the parts that drift alone, the worst first"""
    left_out: list[str]
    """columns that were not compared, since they have a season or broke"""


class Report(Shown):
    """What `check` writes of a day, to `<use case>/monitor/<date>.json`."""

    format: Literal[2]
    """version of this document: another number where a key went, or means something else"""
    use_case: str
    """the use case"""
    environment: str
    """the environment"""
    as_of: str
    """the day that was judged, `YYYY-MM-DD` in UTC"""
    checked_at: str
    """when that was done, ISO 8601"""
    demonstration: bool
    """whether it is one: then it raised no real alert"""
    model_version: str
    """version of the champion"""
    run_id: str
    """its training's run in MLflow"""
    importance: dict[str, float]
    """how much the model goes by each input"""
    importance_by: Literal["permutation", "correlation"]
    """how that was measured"""
    limits: LimitsShown
    """limits of the distances in `drift`"""
    rows: int
    """predictions of the day"""
    duplicates: int
    """those that were left out, since they repeat one"""
    status: Severity
    """the worst of the findings"""
    exit: int
    """exit code of the command: 0, 10, 20, 30 or 40, as `status`"""
    findings: list[FindingShown]
    """what was found"""
    drift: list[Drift]
    """the distance of each column that was judged, found or not"""
    passed: list[str]
    """checks that found nothing"""
    muted: list[str]
    """checks that could not be answered, with their column"""
    estimated: EstimatedShown | None
    """how good the model seems by its scores; null where that is not known"""
    performance: PerformanceShown | None
    """how good the model is by labels; null where its training logged nothing to compare with"""
    seasonal: list[str]
    """what differs from the training as it does on each such weekday"""
    columns: dict[str, list[ShareShown]]
    """groups of values then and now, by the name of the column's check"""
    anomalies: AnomaliesShown | None
    """unusual rows; null where they were not looked for"""
    segments: SegmentsShown | None
    """parts of the rows; null where they were not looked for"""
    retraining_allowed: bool
    """whether these rows may be trained on"""
    seasons_lack: str
    """what seasons could not be judged by, in words; empty where nothing lacks"""
    not_run: list[str]
    """what the settings ask for and was not done, with the reason"""
    alerts: dict[str, Alert]
    """alerts after this day, by cause"""
    mutes: list[Mute]
    """what raises no alert, and who said so"""
    retrainings: list[Retraining]
    """trainings because of an alert"""
    messages: list[str]
    """what this run sent"""
    unsent: dict[str, int]
    """messages that each place has not taken yet: more than 0 where it was away"""
    issue: str
    """address of the open issue; empty where there is none"""
