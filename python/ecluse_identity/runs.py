"""What the server itself says of each run: who made it, and in the name of which commit.

MLflow believes what a client says of itself. Here the verified caller is the user of each run that it makes,
and the commit of its job's token becomes a tag that no client can set, change or delete.
"""

from collections.abc import Iterable

from flask import g
from mlflow.entities import Metric, Param, Run, RunTag
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from ecluse_core.verified import COMMIT, VERIFIED


def _refuse(keys: Iterable[str]) -> None:
    for key in keys:
        if key.startswith(VERIFIED):
            raise MlflowException(f"tag {key} is set by the server alone: leave it out", PERMISSION_DENIED)


def sign_runs() -> None:
    """Changes MLflow's store, once a process: all of its ways to a run's tags are here."""
    create, log = SqlAlchemyStore.create_run, SqlAlchemyStore.log_batch
    set_one, delete_one = SqlAlchemyStore.set_tag, SqlAlchemyStore.delete_tag

    def create_run(
        self: SqlAlchemyStore,
        experiment_id: str,
        user_id: str,
        start_time: int,
        tags: list[RunTag],
        run_name: str,
    ) -> Run:
        _refuse(tag.key for tag in tags)
        verified = [RunTag(COMMIT, g.ecluse_commit)] if g.ecluse_commit else []
        user = g.mlflow_authenticated_user
        return create(self, experiment_id, user, start_time, [*tags, *verified], run_name)

    def set_tag(self: SqlAlchemyStore, run_id: str, tag: RunTag) -> None:
        _refuse([tag.key])
        set_one(self, run_id, tag)

    def delete_tag(self: SqlAlchemyStore, run_id: str, key: str) -> None:
        _refuse([key])
        delete_one(self, run_id, key)

    def log_batch(
        self: SqlAlchemyStore, run_id: str, metrics: list[Metric], params: list[Param], tags: list[RunTag]
    ) -> None:
        _refuse(tag.key for tag in tags)
        log(self, run_id, metrics, params, tags)

    SqlAlchemyStore.create_run, SqlAlchemyStore.log_batch = create_run, log_batch
    SqlAlchemyStore.set_tag, SqlAlchemyStore.delete_tag = set_tag, delete_tag
