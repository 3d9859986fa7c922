"""Every notebook runs, cell by cell, and holds no output.

In this process and in no Jupyter kernel: that needs sockets, which a job without an environment lacks.
"""

import json
from pathlib import Path
from typing import Any

NOTEBOOKS = sorted(Path("notebooks").glob("*.ipynb"))


def test_notebooks_run() -> None:
    for notebook in NOTEBOOKS:
        cells = json.loads(notebook.read_text())["cells"]
        names: dict[str, Any] = {"__name__": "__main__"}
        for index, cell in enumerate(cell for cell in cells if cell["cell_type"] == "code"):
            code = compile("".join(cell["source"]), f"{notebook.name}, code cell {index + 1}", "exec")
            exec(code, names)  # the project's own notebook


def test_notebooks_hold_no_output() -> None:
    for notebook in NOTEBOOKS:
        cells = json.loads(notebook.read_text())["cells"]
        assert [cell for cell in cells if cell.get("outputs")] == [], f"clear the outputs of {notebook}"
