"""What the console costs: it stays up beside everything else."""

import subprocess
import sys

from tests.processes import python_environment


def test_it_imports_none_of_the_large_libraries() -> None:
    code = "import sys, ecluse_console.app; print(*sorted(name for name in sys.modules if '.' not in name))"
    found = subprocess.run(
        [sys.executable, "-c", code], env=python_environment(), capture_output=True, text=True, check=True
    )
    assert not {"mlflow", "numpy", "pandas", "polars", "pyarrow", "scipy"} & set(found.stdout.split())
