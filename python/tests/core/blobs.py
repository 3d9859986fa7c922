"""Containers at the tests' blob endpoint."""

import secrets

from azure.storage.blob import BlobServiceClient, generate_container_sas


def make_container(azurite: dict[str, str]) -> str:
    """A new container at the blob endpoint; gives its name."""
    name = f"c{secrets.token_hex(4)}"
    BlobServiceClient(azurite["url"], credential=azurite["key"]).create_container(name)
    return name


def sas_url(azurite: dict[str, str], container: str, permission: str) -> str:
    """The URL of a container with a SAS of these permissions (`rlcwd`)."""
    sas = generate_container_sas(
        "dev",
        container,
        account_key=azurite["key"],
        permission=permission,
        expiry="2099-01-01T00:00:00Z",
    )
    return f"{azurite['url']}/{container}?{sas}"
