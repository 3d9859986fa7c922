"""Retraining at a GitLab: the monitor asks by a tag, and a scheduled pipeline of the project answers.

A token that starts pipelines would reach the jobs of every environment there, so that no environment has
one. The tag is at the champion's run, in the environment's own tracking server. A job of that environment
reads it (`templates/retrain.yml`), and writes the pipeline that GitLab runs next: the whole training, or
nothing. It leaves the pipeline's number beside the tag first, so that none begins the same one twice.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import yaml

from ecluse_monitor.errors import MonitorError
from ecluse_monitor.settings import Tracked
from ecluse_monitor.state import Retraining
from ecluse_monitor.tracking import run_of, set_tag, tags_of

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

ASKED = "ecluse.retraining"
BEGUN = "ecluse.retraining.begun"
_KEY = re.compile(r"retraining of [a-z0-9-]+: version [0-9]+, [0-9]{4}-[0-9]{2}-[0-9]{2}")
_PREDEFINED = re.compile(r"\$(?:\{(CI_\w+)\}|(CI_\w+))")
_EVALUATED = ("rules", "inputs")
"""Of an include what GitLab evaluates itself, and what the included file gets as it stands."""


def ask(given: Tracked, retraining: Retraining) -> None:
    """Leaves what is wanted where the environment's job finds it."""
    wanted = {"key": retraining["key"], "approval": retraining["approval"]}
    set_tag(given, run_of(given, retraining["model_version"]), ASKED, json.dumps(wanted))


def begun(given: Tracked, retraining: Retraining) -> Retraining | None:
    """The retraining with the pipeline that has begun it; None while there is none."""
    found = _begun(tags_of(given, run_of(given, retraining["model_version"])))
    if found.get("key") != retraining["key"]:
        return None
    return {
        **retraining,
        "status": "created",
        "number": int(found["number"]),
        "pipeline": str(found["pipeline"]),
    }


@dataclass(frozen=True)
class Job:
    """The job that answers: its pipeline, its environment, and the variables that GitLab gives it."""

    number: int
    pipeline: str
    environment: str
    variables: Mapping[str, str]

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Job":
        """Of a job's variables."""
        try:
            number, pipeline = int(environ["CI_PIPELINE_ID"]), environ["CI_PIPELINE_URL"]
            return cls(number, pipeline, environ["ECLUSE_ENVIRONMENT"], environ)
        except (KeyError, ValueError) as error:
            raise MonitorError(f"{error} is not set: a job of a pipeline at GitLab runs this") from error


def answer(client: "MlflowClient", run: "Run", job: Job, file: str) -> str:
    """The pipeline that comes next, of the use case's own `file` where its champion is to be trained again.

    Raises MonitorError where the tag is not one that a monitor of this environment writes.
    """
    wanted = _wanted(run, job)
    other = _begun(run.data.tags)
    # A job that is run again has begun it itself.
    if wanted is None or (other.get("key") == wanted["key"] and other["number"] != job.number):
        return _nothing(job)
    note = {"key": wanted["key"], "number": job.number, "pipeline": job.pipeline}
    client.set_tag(run.info.run_id, BEGUN, json.dumps(note))
    return pipeline(wanted, job, file)


def _begun(tags: Mapping[str, str]) -> dict[str, Any]:
    """What the last pipeline that began one has noted; nothing before the first."""
    return cast(dict[str, Any], json.loads(tags.get(BEGUN, "{}")))


def _wanted(run: "Run", job: Job) -> dict[str, Any] | None:
    text = run.data.tags.get(ASKED)
    # While a freeze period lasts nothing is deployed by itself: what is wanted stays so.
    if text is None or job.variables.get("CI_DEPLOY_FREEZE"):
        return None
    try:
        found = cast(dict[str, Any], json.loads(text))
        key, approval = str(found["key"]), found["approval"]
    except (ValueError, KeyError, TypeError) as error:
        raise MonitorError(f"tag {ASKED} is not the monitor's: {text[:200]}") from error
    own = key.startswith(f"retraining of {job.environment}: ")
    if not (own and _KEY.fullmatch(key) and isinstance(approval, bool)):
        raise MonitorError(f"tag {ASKED} is not that of a monitor of {job.environment}: {text[:200]}")
    return found


def _nothing(job: Job) -> str:
    """A pipeline must have a job: this one ends at once."""
    done = {
        "tags": [f"ecluse-{job.environment}"],
        "variables": {"GIT_STRATEGY": "none"},
        "script": ["echo nothing is to be trained"],
    }
    return yaml.safe_dump({"nothing-to-train": done}, sort_keys=False)


def pipeline(wanted: dict[str, Any], job: Job, file: str) -> str:
    """The use case's file with variables that its rules ask for, and its includes written out.

    GitLab knows no variable in the includes of a file that comes from a job.
    """
    approval = {"ECLUSE_APPROVAL": "manual"} if wanted["approval"] else {}
    variables = {"ECLUSE_RETRAINING": wanted["key"], **approval}
    root = yaml.compose(file, yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise MonitorError(".gitlab-ci.yml is no mapping of keys")
    given = cast(yaml.MappingNode, yaml.compose(yaml.safe_dump({"variables": variables}), yaml.SafeLoader))
    own = next((value for key, value in root.value if key.value == "variables"), None)
    if own is None:
        root.value += given.value
    else:
        own.value = [
            *(each for each in own.value if each[0].value not in variables),
            *given.value[0][1].value,
        ]
    for key, value in root.value:
        if key.value == "include":
            _write_out(value, job.variables)
    return yaml.serialize(root, Dumper=yaml.SafeDumper, width=1000)


def _write_out(node: yaml.Node, variables: Mapping[str, str]) -> None:
    if isinstance(node, yaml.ScalarNode):
        node.value = _PREDEFINED.sub(lambda found: _value(found[1] or found[2], variables), node.value)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            _write_out(each, variables)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value not in _EVALUATED:
                _write_out(value, variables)


def _value(name: str, variables: Mapping[str, str]) -> str:
    if name in variables:
        return variables[name]
    raise MonitorError(f".gitlab-ci.yml: include: ${name} is not set in this job; write its value")
