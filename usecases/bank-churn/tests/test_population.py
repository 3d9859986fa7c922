"""Every published figure of the bank-churn data, within its rounding plus 4 standard errors of the sample."""

import time
from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bank_churn.features import CONTRACT
from bank_churn.population import draw_day

ROWS = 200_000
DAY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return draw_day(ROWS, 7, "test", DAY)


def within(values: "pd.Series[float] | pd.Series[bool]", published: float, rounding: float = 0.0005) -> None:
    """The mean of `values` meets the published one: rounding plus 4 standard errors."""
    numbers = values.to_numpy(dtype=np.float64)
    tolerance = rounding + 4 * float(numbers.std()) / len(numbers) ** 0.5
    assert abs(float(numbers.mean()) - published) <= tolerance, (float(numbers.mean()), published, tolerance)


SHARES_AND_CHURN = [
    ("country", "France", 0.501, 0.162),
    ("country", "Germany", 0.251, 0.324),
    ("country", "Spain", 0.248, 0.167),
    ("gender", "Female", 0.454, 0.251),
    ("gender", "Male", 0.546, 0.165),
    ("products", 1, 0.508, 0.277),
    ("products", 2, 0.459, 0.076),
    ("products", 3, 0.027, 0.827),
    ("products", 4, 0.006, 1.0),
    ("active", 1, 0.515, 0.143),
    ("active", 0, 0.485, 0.269),
    ("has_card", 1, 0.706, 0.202),
    ("has_card", 0, 0.294, 0.208),
]


@pytest.mark.parametrize(("column", "level", "share", "churn"), SHARES_AND_CHURN)
def test_share_and_churn_of_a_level(
    frame: pd.DataFrame, column: str, level: object, share: float, churn: float
) -> None:
    chosen = frame[column] == level
    within(chosen, share)
    within(frame.loc[chosen, CONTRACT.target], churn)


def test_overall_churn_and_no_nulls(frame: pd.DataFrame) -> None:
    within(frame[CONTRACT.target], 0.2037, 0.00005)
    assert not frame.isna().to_numpy().any()


@pytest.mark.parametrize(
    ("low", "high", "churn"),
    [(0, 30, 0.075), (30, 40, 0.121), (40, 50, 0.34), (50, 60, 0.562), (60, 70, 0.314), (70, 99, 0.083)],
)
def test_churn_by_age_band(frame: pd.DataFrame, low: int, high: int, churn: float) -> None:
    within(frame.loc[(frame["age"] > low) & (frame["age"] <= high), CONTRACT.target], churn)


def test_age(frame: pd.DataFrame) -> None:
    age = frame["age"].to_numpy(dtype=np.float64)
    within(frame["age"], 38.9, 0.05)
    assert age.std() == pytest.approx(10.5, abs=0.05 + 4 * 10.5 * (1.25 / ROWS) ** 0.5)
    assert ((age - age.mean()) ** 3).mean() / age.std() ** 3 == pytest.approx(1.0, abs=0.05)
    assert (age.min(), age.max()) == (18, 92)


def test_credit_score(frame: pd.DataFrame) -> None:
    score = frame["credit_score"]
    within(score, 650.5, 0.05)
    assert float(score.std()) == pytest.approx(96.7, abs=0.05 + 4 * 96.7 / (2 * ROWS) ** 0.5)
    assert (score.min(), score.max()) == (350, 850)
    within(score == 850, 0.023)


def test_salary_and_tenure_are_uniform(frame: pd.DataFrame) -> None:
    deciles = np.histogram(frame["salary"], bins=10, range=(0, 200_000))[0] / ROWS
    years = frame["tenure"].value_counts(normalize=True)
    assert np.abs(deciles - 0.1).max() < 4.5 * (0.09 / ROWS) ** 0.5
    assert sorted(years.index) == list(range(11))
    assert np.abs(years.to_numpy() - 1 / 11).max() < 4.5 * (0.083 / ROWS) ** 0.5


def test_balance(frame: pd.DataFrame) -> None:
    zero = frame["balance"] == 0
    within(zero, 0.362)
    for country, share in (("France", 0.482), ("Spain", 0.484)):
        within(zero[frame["country"] == country], share)
    assert not zero[frame["country"] == "Germany"].any()
    held = frame.loc[~zero, "balance"]
    within(held, 119_800, 50)
    assert float(held.std()) == pytest.approx(30_100, abs=50 + 4 * 30_100 / (2 * len(held)) ** 0.5)


def test_two_products_by_balance(frame: pd.DataFrame) -> None:
    zero, two = frame["balance"] == 0, frame["products"] == 2
    within(two[zero], 0.72, 0.005)
    within(two[~zero], 0.31, 0.005)


def test_auc_that_models_reach(frame: pd.DataFrame) -> None:
    """As published, trained on 8,000 rows; tolerance .01, about one standard error of the published test."""
    inputs = pd.get_dummies(frame[CONTRACT.inputs]).astype(float)
    labels = frame[CONTRACT.target]
    train, test = slice(0, 8_000), slice(100_000, None)

    def auc(model: "GradientBoostingClassifier | LogisticRegression") -> float:
        fitted = make_pipeline(StandardScaler(), model).fit(inputs[train], labels[train])
        return float(roc_auc_score(labels[test], fitted.predict_proba(inputs[test])[:, 1]))

    assert auc(LogisticRegression()) == pytest.approx(0.765, abs=0.01)
    assert auc(GradientBoostingClassifier(random_state=0)) == pytest.approx(0.866, abs=0.01)


def test_two_hundred_thousand_rows_take_seconds() -> None:
    start = time.perf_counter()
    draw_day(ROWS, 1, "dev", DAY)
    assert time.perf_counter() - start < 5
