"""Judges the day of `rows.py` by this platform's monitor, from the log: `python with_ecluse.py FOLDER`."""

import json
import sys
from datetime import date
from pathlib import Path

from obstore.store import LocalStore
from used import show

from ecluse_core.container import Container
from ecluse_monitor.check import judge
from ecluse_monitor.settings import Settings
from ecluse_monitor.sketches import read_sketch
from ecluse_monitor.tracking import Champion

folder, day = Path(sys.argv[1]), date(2026, 11, 1)
baseline = json.loads((folder / "baseline.json").read_text())
sketch = read_sketch(Container(LocalStore(folder / "log")), "churn", Champion("1", "r", baseline), day)
show(judge(sketch, "1", baseline, Settings(), day).exit.name)
