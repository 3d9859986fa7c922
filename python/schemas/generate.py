"""Writes what processes are given, and what the monitor reports, as JSON schemas: `npm run schemas`.

The stacks, which are TypeScript, are tested against these files (`test/graphs/contract.check.ts`). The names
of the variables are types there too, in `components/processes/schema.ts`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ecluse_console import settings as console
from ecluse_core.settings import Environment
from ecluse_identity import prepare, roles
from ecluse_identity import settings as tracking
from ecluse_local import scheduler
from ecluse_monitor import settings as monitor
from ecluse_monitor.report_document import Report
from ecluse_release import job
from ecluse_release import settings as release
from ecluse_serving import settings as serving

FOLDER = Path(__file__).parent
TYPES = FOLDER.parents[1] / "components/processes/schema.ts"
PROCESSES: Mapping[str, type[Environment]] = {
    "database-admin": roles.RolesSettings,
    "prepare": prepare.PrepareSettings,
    "tracking": tracking.ServerSettings,
    "serve": serving.Settings,
    "monitor": monitor.Check,
    "compact": monitor.Compact,
    "release": release.Settings,
    "release-job": job.Requested,
    "scheduler": scheduler.Settings,
    "console": console.Settings,
}
"""The environment of each process, by its role."""


def schemas() -> dict[str, dict[str, Any]]:
    """Every schema by the name of its file."""
    documents = {
        "gates": TypeAdapter(release.Gates),
        "monitor-settings": TypeAdapter(monitor.Settings),
        "monitor-report": TypeAdapter(Report),
    }
    found = {name: model.model_json_schema() for name, model in PROCESSES.items()}
    found |= {name: document.json_schema() for name, document in documents.items()}
    address = "https://json-schema.org/draft/2020-12/schema"
    return {f"{name}.json": {"$schema": address, **schema} for name, schema in found.items()}


def text(schema: Mapping[str, Any]) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, indent=2) + "\n"


def types() -> str:
    """The names of each process's variables as TypeScript; one that need not be set is optional."""
    origin = "Written by `npm run schemas` from the models in Python."
    lines = [f"/** The environment variables of each process. {origin} */", "export interface Processes {"]
    for name, model in PROCESSES.items():
        schema = model.model_json_schema()
        optional = schema["properties"].keys() - set(schema["required"])
        marks = {key: "?" if key in optional else "" for key in schema["properties"]}
        lines.append(f"  readonly {json.dumps(name) if '-' in name else name}: {{")
        lines += [*(f"    readonly {key}{mark}: string;" for key, mark in marks.items()), "  };"]
    return "\n".join([*lines, "}", ""])


if __name__ == "__main__":
    TYPES.write_text(types())
    for name, schema in schemas().items():
        (FOLDER / name).write_text(text(schema))
