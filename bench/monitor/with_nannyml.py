"""Univariate drift by NannyML on the day of `rows.py`, in its chunks: `python with_nannyml.py FOLDER`."""

import sys
from pathlib import Path

import nannyml
import pandas as pd
from used import show

folder = Path(sys.argv[1])
reference, day = (pd.read_parquet(folder / f"{name}.parquet") for name in ("reference", "day"))
calculator = nannyml.UnivariateDriftCalculator(
    column_names=list(reference.columns),
    continuous_methods=["wasserstein"],
    categorical_methods=["jensen_shannon"],
)
found = calculator.fit(reference).calculate(day).to_df()
alerts = [column for column in found.columns if "alert" in column]
show(int(found[alerts].to_numpy().sum()))
