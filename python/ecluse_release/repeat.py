"""Whether another training of the same commit and data comes to the same metric.

The release scores both models itself, on the hold-out: it believes no figure that a training logged. Whose
runs these are and of which commit, the tracking server has from verified tokens. That they read the same
data, both say by themselves. And a job may store one model twice. So this finds seeds that are not fixed
and what else varies by chance in honest code; it proves nothing of code that wants to deceive.
"""

from dataclasses import dataclass
from pathlib import Path

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ecluse_models.confined import confined_model
from ecluse_models.download import download_model
from ecluse_models.model import Model, ModelError
from ecluse_release import training
from ecluse_release.gates import Asked, Gate, Rules, Scores, at_most, decided, over, unmeasured
from ecluse_release.interval import exact
from ecluse_release.settings import Settings


@dataclass(frozen=True)
class Again:
    """The model of another training; `lacks` says why there is none, where there is none."""

    model: Model | None = None
    lacks: str = ""


def trained_again(
    client: MlflowClient, settings: Settings, run: training.TrainingRun, folder: Path
) -> Again | None:
    """Another training of the commit, its model in this folder; None where the rules ask for none."""
    if settings.rules.max_retrain_gap is None:
        return None
    try:
        of = settings.use_case, settings.environment, run, settings.trainer
        other = training.find_other(client, *of)
        if other is None:
            return Again(lacks="no other training of the commit read the same data")
        return Again(confined_model(download_model(client, other.model_id, folder)))
    except (ModelError, MlflowException, training.RunError) as error:
        return Again(lacks=f"the other training's model cannot be met: {error}")


def repeat_gate(scores: Scores, other: Scores, labels: Scores, rules: Rules) -> Gate:
    """The metric of the other model is as near as the rules say, on these very rows: no matter of chance."""
    gap = abs(float(over(scores, other, labels, rules.task).values.mean()))
    return decided(_asked(rules), exact(gap), len(labels), rules, "")


def unrepeated(lacks: str, rules: Rules, rows: int) -> Gate:
    """The gate where there is nothing to compare with."""
    fix = "train the commit twice: `twice: true` at the component train, or start its job again"
    return unmeasured(_asked(rules), rules, rows, lacks, fix)


def _asked(rules: Rules) -> Asked:
    reason = f"{rules.task.METRIC} less that of another training of the same commit and data"
    fix = "give every random step a seed (random_state), or raise gates.maxRetrainGap with a reason"
    return Asked("reproducibility", at_most(rules.max_retrain_gap or 0.0), reason, fix)
