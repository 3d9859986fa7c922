"""A model that scores customers well, and counts the letters of a file of the process that it runs in."""

from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from tests.release.training import FEATURES as FEATURES
from tests.release.training import customers


def table() -> pd.DataFrame:
    """A day of customers."""
    return customers("2026-01-01").to_pandas()


def spying(file: Path) -> Pipeline:
    """Each country is taken for the name of the file."""
    countries: list[Any] = ["France", "Spain"]
    names = [
        SimpleImputer(missing_values=country, strategy="constant", fill_value=str(file))
        for country in countries
    ]
    for name in names:
        name.set_output(transform="pandas")
    letters = CountVectorizer(input="filename", analyzer="char")
    spy = make_pipeline(*names, ColumnTransformer([("letters", letters, "country")], sparse_threshold=0))
    encode = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    both = [("country", encode, ["country"]), ("spy", spy, ["country"])]
    columns = ColumnTransformer(both, remainder="passthrough", sparse_threshold=0)
    return make_pipeline(columns, HistGradientBoostingClassifier(max_iter=60, random_state=0))
