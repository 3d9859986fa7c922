"""Makes a version champion and has the model server load it, or leaves the former one champion."""

from dataclasses import replace

from mlflow.entities.model_registry import ModelVersion

from ecluse_release.challenger import Challengers
from ecluse_release.changes import Actor, Champions
from ecluse_release.judge import Refusal
from ecluse_release.records import Action
from ecluse_release.reload import ReloadError, require_served
from ecluse_release.settings import Serving


def hand_over(
    champions: Champions,
    version: ModelVersion,
    former: ModelVersion | None,
    action: Action,
    by: Actor,
    serving: Serving | None,
) -> None:
    """Gives a version the alias, and it back to the former one where the server does not load it: Refusal.

    A rollout ends with that: its challenger was compared with the former champion.
    """
    number = str(version.version)
    before = str(former.version) if former else None
    champions.crown(version, before, action, by)
    try:
        if serving is not None:
            require_served(serving, number)
    except ReloadError as error:
        if former is None:
            # Nothing to give it back to; the server checks again before it ever serves this one.
            raise Refusal(f"version {number} is champion, but {error}; release again") from None
        why = replace(by, reason=f"version {number} is not served: {error}"[:400])
        champions.crown(former, number, "taken back", why)
        raise Refusal(f"version {number} is not champion: {error}; {before} is again") from None
    Challengers(champions).end(number, replace(by, reason=f"version {number} is champion"))
