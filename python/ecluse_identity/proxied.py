"""Files go through the tracking server alone: it gives no client an address of the store.

MLflow offers such addresses where the store is S3, and its clients take what is offered (3.17). The store may
be out of their reach, or have a certificate that they do not trust. Who has the address needs no token.
"""

import re
from typing import Any
from urllib.parse import unquote

from mlflow.server import handlers, server_info_api
from mlflow.utils.server_info import (
    SERVER_INFO_MULTIPART_DOWNLOADS_ENABLED,
    SERVER_INFO_MULTIPART_UPLOADS_ENABLED,
)

_PAST_THE_SERVER = re.compile(r"/mlflow-artifacts/+(mpu|presigned)(/|$)|/presigned-(up|down)load-url(/|$)")
# MLflow's own words where a store gives no addresses: its client then sends the file through the server.
REFUSAL = {
    "error_code": "NOT_IMPLEMENTED",
    "message": "Multipart upload is not supported for the current artifact repository: files go through the "
    "tracking server alone; unset MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD and _DOWNLOAD.",
}


def past_the_server(path: str) -> bool:
    """Whether a request asks for an address of the store itself."""
    return _PAST_THE_SERVER.search(plain(path)) is not None


def offer_no_addresses() -> None:
    """Changes what MLflow says that it can do, once a process: its clients ask for addresses no more."""
    described = handlers.build_server_info_payload
    # Loads the libraries of database and store: clients give the first answer three seconds, then fail.
    described()

    def build_server_info_payload() -> dict[str, Any]:
        offered = SERVER_INFO_MULTIPART_UPLOADS_ENABLED, SERVER_INFO_MULTIPART_DOWNLOADS_ENABLED
        return {**described(), **dict.fromkeys(offered, False)}

    # The route of FastAPI has a name of its own for it.
    handlers.build_server_info_payload = build_server_info_payload
    setattr(server_info_api, build_server_info_payload.__name__, build_server_info_payload)


def plain(text: str) -> str:
    """Decoded as often as MLflow decodes it: until nothing is left to decode."""
    while (decoded := unquote(text)) != text:
        text = decoded
    return text
