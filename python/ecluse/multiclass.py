"""Several classes: what a model predicts of them, and how good that is. Each class counts the same."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score

from ecluse_core.answer import PROBABILITY, columns_of_scores
from ecluse_models.model import Kind

from .quality import Classification, Floats


@dataclass(frozen=True)
class Multiclass:
    """A probability for each class, in the order of the contract's; labels are names of classes.

    A model is fitted on the number of each class in that order, since not every library takes names.
    """

    classes: tuple[str, ...]
    predict: str = "predict_proba"
    measure: str = "macro ROC AUC"
    kind: Kind = "multiclass"

    def targets(self, labels: "pd.Series[Any]") -> "pd.Series[Any]":
        """The number of each row's class."""
        numbers = {name: number for number, name in enumerate(self.classes)}
        return labels.map(numbers).astype(np.int64)

    def predictions(self, model: Any, inputs: pd.DataFrame) -> Floats:
        """Rows × classes."""
        return np.asarray(model.predict_proba(inputs), dtype=np.float64)

    def columns(self, scores: Floats) -> dict[str, Any]:
        """The answer by its columns, as the model server logs it."""
        return columns_of_scores(scores, self.classes)

    def scores_of(self, scored: pd.DataFrame) -> Any:
        """Rows × classes, of such columns."""
        return scored[[f"{PROBABILITY}{name}" for name in self.classes]].to_numpy(dtype=np.float64)

    def metrics(self, labels: "pd.Series[Any]", scores: Floats) -> dict[str, float]:
        """Ranking, how often the predicted class is right, and losses."""
        numbers = self.targets(labels)
        predicted, every = scores.argmax(axis=1), range(len(self.classes))
        hits = np.eye(len(self.classes))[numbers]
        return {
            "holdout_roc_auc_ovr": self.quality(labels, scores),
            "holdout_accuracy": float(accuracy_score(numbers, predicted)),
            "holdout_macro_f1": float(f1_score(numbers, predicted, labels=[*every], average="macro")),
            "holdout_log_loss": float(log_loss(numbers, scores, labels=[*every])),
            "holdout_brier": float(((scores - hits) ** 2).sum(axis=1).mean() / 2),
            "holdout_rows": float(len(labels)),
        }

    def quality(self, labels: "pd.Series[Any]", scores: Any) -> float:
        """The area under the ROC curve of each class against all others, on average over those with rows."""
        areas = [roc_auc_score(is_it, score) for is_it, score in self._against_others(labels, scores)]
        return float(np.mean(areas)) if areas else float("nan")

    def upper_bound(self, labels: "pd.Series[Any]", scores: Any) -> float:
        """The mean of each class's own: no mean can be higher. Classes without rows leave all open."""
        bound = Classification().upper_bound
        found = [bound(is_it, score) for is_it, score in self._against_others(labels, scores)]
        return float(np.mean(found)) if found else 1.0

    def event(self, labels: "pd.Series[Any]", scores: Any) -> "tuple[pd.Series[Any], pd.Series[float]]":
        """What is held to its probability: that the predicted class is the right one."""
        right = scores.argmax(axis=1) == self.targets(labels).to_numpy()
        return pd.Series(right.astype(np.int64)), pd.Series(scores.max(axis=1))

    def loss_to_rate(self, labels: "pd.Series[Any]", scores: Any) -> float:
        """Log loss over that of always predicting each class's share."""
        numbers = self.targets(labels)
        shares = np.bincount(numbers, minlength=len(self.classes)) / len(numbers)
        entropy = -float((shares[shares > 0] * np.log(shares[shares > 0])).sum())
        return float(log_loss(numbers, scores, labels=[*range(len(self.classes))])) / entropy

    def _against_others(
        self, labels: "pd.Series[Any]", scores: Any
    ) -> "list[tuple[pd.Series[int], pd.Series[float]]]":
        """Of each class with rows in it and beside it, where it is, and its score."""
        pairs = [((labels == name).astype(int), scores[:, at]) for at, name in enumerate(self.classes)]
        return [
            (is_it, pd.Series(score, index=labels.index)) for is_it, score in pairs if is_it.nunique() == 2
        ]
