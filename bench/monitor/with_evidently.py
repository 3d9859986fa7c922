"""The drift preset of Evidently on the day of `rows.py`: `python with_evidently.py FOLDER`."""

import sys
from pathlib import Path

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset
from used import show

folder = Path(sys.argv[1])
reference, day = (pd.read_parquet(folder / f"{name}.parquet") for name in ("reference", "day"))
result = Report([DataDriftPreset()]).run(day, reference).dict()
show(result["metrics"][0]["value"])
