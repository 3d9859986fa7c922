"""What the reports on releases share: they print one JSON document, and say an error in a line."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mlflow.exceptions import MlflowException

from ecluse_core.container import BlobError
from ecluse_core.errors import SettingError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def main(name: str, report: Callable[[Mapping[str, str]], "DataclassInstance"]) -> None:
    """Prints the report of the environment's variables; ends with 1 where it cannot be had, 2: a setting."""
    try:
        document: dict[str, Any] = asdict(report(os.environ))
    except SettingError as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(2)
    except (MlflowException, BlobError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(1)
    print(json.dumps(document))
