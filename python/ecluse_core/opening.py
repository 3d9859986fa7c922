"""Opens containers of blobs: Azure by SAS, account key or workload identity, S3, and a folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import AzureStore, LocalStore, S3Store

from .container import BlobError, Container

if TYPE_CHECKING:  # obstore has these for type checkers only
    from obstore.store import AzureConfig, ClientConfig, RetryConfig

_FORMS = (
    "https://<account>.blob.core.windows.net/<container> or https://<host>/<account>/<container>, "
    "?<SAS> after it or not, s3://<bucket>?endpoint=<URL>&region=<region>, or file:///<folder>"
)


def open_container(variable: str, environ: Mapping[str, str], seconds: int = 60) -> Container:
    """The container whose URL an environment variable holds; a request may take so many seconds.

    A URL of Azure has its SAS as the query. Without one the account's key comes from
    AZURE_STORAGE_CONNECTION_STRING, or else a token from the pod's workload identity. S3 takes
    AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. A folder is for code that may have no credential.
    """
    value = _required(environ, variable)
    # What hangs is tried a second time, what fails at once some more often.
    retry: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=seconds)}
    try:
        url = urlsplit(value)
        if url.scheme == "file":
            return Container(LocalStore(unquote(url.path)))
        make = _s3_store if url.scheme == "s3" else _azure_store
        return Container(make(url, environ, timedelta(seconds=seconds), retry))
    except (BaseError, ValueError):
        # The value may be a secret: it is not shown.
        raise BlobError(f"{variable} must be like {_FORMS}") from None


def _s3_store(
    url: SplitResult, environ: Mapping[str, str], timeout: timedelta, retry: RetryConfig
) -> S3Store:
    given = dict(parse_qsl(url.query))
    if set(given) != {"endpoint", "region"} or not url.netloc or url.path.strip("/"):
        raise ValueError
    return S3Store(
        url.netloc,
        endpoint=given["endpoint"],
        region=given["region"],
        access_key_id=_required(environ, "AWS_ACCESS_KEY_ID"),
        secret_access_key=_required(environ, "AWS_SECRET_ACCESS_KEY"),
        client_options=_client(given["endpoint"], timeout),
        retry_config=retry,
    )


def _azure_store(
    url: SplitResult, environ: Mapping[str, str], timeout: timedelta, retry: RetryConfig
) -> AzureStore:
    *account, container = url.path.strip("/").split("/")
    if not url.hostname or not container or len(account) > 1:
        raise ValueError
    host = f"{url.scheme}://{url.netloc}"
    return AzureStore(
        container,
        account_name=account[0] if account else url.hostname.partition(".")[0],
        endpoint="/".join([host, *account]),
        client_options=_client(host, timeout),
        config=_azure_login(url, environ),
        retry_config=retry,
    )


def _azure_login(url: SplitResult, environ: Mapping[str, str]) -> AzureConfig:
    """How to log in, always explicit: no other variable of the environment may decide."""
    if url.query:
        if "sig" not in dict(parse_qsl(url.query)):
            raise ValueError
        return {"credential_type": "sas_token", "sas_key": url.query}
    connection = environ.get("AZURE_STORAGE_CONNECTION_STRING", "")
    if connection:
        key = re.search(r"AccountKey=([^;]+)", connection)
        if not key:
            raise BlobError("AZURE_STORAGE_CONNECTION_STRING has no AccountKey; copy it from the account")
        return {"credential_type": "access_key", "account_key": key[1]}
    if url.scheme != "https":
        raise BlobError(
            "a container without SAS or key needs an https URL: a token is never sent in the open"
        )
    return {
        "credential_type": "workload_identity",
        "client_id": _required(environ, "AZURE_CLIENT_ID"),
        "tenant_id": _required(environ, "AZURE_TENANT_ID"),
        "federated_token_file": _required(environ, "AZURE_FEDERATED_TOKEN_FILE"),
        # AKS injects it with a slash at its end, which would make the token's path another one.
        "authority_host": _required(environ, "AZURE_AUTHORITY_HOST").rstrip("/"),
    }


def _client(endpoint: str, timeout: timedelta) -> ClientConfig:
    if not endpoint.startswith(("http://", "https://")):
        raise ValueError
    return {"timeout": timeout, "allow_http": endpoint.startswith("http://")}


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise BlobError(f"{name} is not set; the environment's stack sets all that opens a container")
    return value
