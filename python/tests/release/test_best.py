"""Which version is the best of a year: by what its own release measured, and signed."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from ecluse_release.best import best_version
from ecluse_release.manifest import Statement, private_key, sign
from tests.release.training import key_pair

KEY, OTHER = (private_key(key_pair()[0]) for _ in range(2))
FIRST: list[dict[str, Any]] = [{"name": "floor", "low": 0.9}]


def met(champion: float, best: float | None = None) -> list[dict[str, Any]]:
    """A record by the lower ends of its comparisons."""
    ends = {"non-inferiority": champion, **({} if best is None else {"creep": best})}
    return [{"name": name, "low": low} for name, low in ends.items()]


def version(number: int, gates: list[dict[str, Any]], days: float = 1, key: Any = KEY) -> ModelVersion:
    """A version that was released so many days ago."""
    lineage: dict[str, Any] = {
        "run_id": "r",
        "commit": "c",
        "data_version": "d",
        "holdout_version": "h",
        "pipeline_id": "1",
    }
    statement = Statement("prod", "churn", f"m-{number}", "skops", **lineage, gates=gates, files={})
    made = int((datetime.now(UTC) - timedelta(days=days)).timestamp() * 1000)
    found = ModelVersion("churn", str(number), made, source=f"models:/m-{number}")
    found.tags["ecluse.manifest"] = sign(statement, key)
    return found


def best(*versions: ModelVersion) -> str | None:
    class Registry:
        """What of a client is asked."""

        def search_model_versions(self, asked: str) -> list[ModelVersion]:
            """The versions, the newest first, as MLflow has them."""
            assert asked == "name = 'churn'"
            return list(reversed(versions))

    found = best_version(cast(MlflowClient, Registry()), "churn", "prod", KEY.public_keys())
    return str(found.version) if found else None


def test_the_first_is_the_best_until_one_is_better_for_sure() -> None:
    alike = [version(number, met(-0.004, None if number == 2 else -0.005)) for number in range(2, 10)]
    assert best(version(1, FIRST), *alike) == "1"
    assert best(version(1, FIRST), *alike, version(10, met(-0.001, 0.002))) == "10"
    # Better than a champion that is worse than the best is no best.
    assert best(version(1, FIRST), *alike, version(10, met(0.002, -0.001))) == "1"
    assert best(version(1, FIRST), version(2, met(0.001)), version(3, met(-0.002))) == "2"


def test_a_release_that_met_no_champion_is_the_first_again() -> None:
    assert best(version(1, FIRST), version(2, met(0.01)), version(3, FIRST), version(4, met(-0.01))) == "3"


def test_what_is_older_than_a_year_counts_no_more() -> None:
    old, next_one = version(9, FIRST, days=366), version(10, met(-0.002), days=364)
    assert best(old, next_one, version(11, met(-0.002))) == "10"
    assert best(old) is None


def test_what_this_environment_did_not_sign_is_no_best() -> None:
    unsigned = version(4, FIRST)
    unsigned.tags.clear()
    assert best(version(1, FIRST), version(3, FIRST, key=OTHER), unsigned) == "1"
    moved = version(5, FIRST)
    moved.tags["ecluse.manifest"] = version(1, FIRST).tags["ecluse.manifest"]
    assert best(version(1, FIRST), moved) == "1"
