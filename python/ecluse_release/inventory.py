"""The versions of a use case in one environment, beside each other: `python -m ecluse_release.inventory`.

All is read from what releases have signed; where a signature does not verify, that is said. Prints a JSON
document. It needs these variables, and changes nothing: ECLUSE_USE_CASE, ECLUSE_ENVIRONMENT,
ECLUSE_SIGNING_PUBLIC_KEY, MLFLOW_TRACKING_URI, MLFLOW_TRACKING_TOKEN (of anybody who may read the registry)
and MLFLOW_WORKSPACE.
"""

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from pydantic import Field

from ecluse_core.settings import Address, Secret
from ecluse_core.tls import Calling
from ecluse_release.records import ALIAS, Inventory, Trusted, read_inventory
from ecluse_release.reporting import main
from ecluse_release.trusted import PublicKeys


class Reading(Calling):
    """What a report on released versions reads, and what it trusts."""

    use_case: str
    environment: str
    signing_key: PublicKeys = Field(alias="ECLUSE_SIGNING_PUBLIC_KEY")
    tracking_uri: Address = Field(alias="MLFLOW_TRACKING_URI")
    tracking_token: Secret = Field(alias="MLFLOW_TRACKING_TOKEN")
    workspace: str = Field(alias="MLFLOW_WORKSPACE")


def inventory(settings: Reading) -> Inventory:
    """All versions and refusals of a use case; raises MlflowException."""
    client, name = MlflowClient(), settings.use_case
    registered = client.get_registered_model(name)
    champion = str(registered.aliases[ALIAS]) if ALIAS in registered.aliases else None
    found = client.search_model_versions(f"name = '{name}'")
    trusted = Trusted(settings.environment, name, settings.signing_key)
    return read_inventory(trusted, registered.tags, champion, found, _metrics(client, name, found))


def _metrics(client: MlflowClient, name: str, versions: list[ModelVersion]) -> dict[str, dict[str, float]]:
    """The metrics of the versions' runs, by run; of those that are gone there are none."""
    experiment = client.get_experiment_by_name(name)
    ids = sorted({each.run_id for each in versions if each.run_id})
    if experiment is None or not ids:
        return {}
    wanted = "attributes.run_id IN (" + ", ".join(f"'{each}'" for each in ids) + ")"
    runs = client.search_runs([experiment.experiment_id], wanted, max_results=len(ids))
    return {run.info.run_id: dict(run.data.metrics) for run in runs}


if __name__ == "__main__":
    main("ecluse_release.inventory", lambda environ: inventory(Reading.read(environ)))
