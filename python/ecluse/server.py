"""Requests to the model server, of records and of labels, and files that hold them."""

import json
import os
from pathlib import Path
from typing import Any, Final, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from ecluse_core.plain import NotPlain, read_plain

from .errors import KitError
from .usecase import setting

LARGEST: Final = 1 << 30
TIMEOUT: Final = 120
"""Seconds: longer than a server lets a request wait for its scores."""
_AGAIN: Final = Retry(
    5, backoff_factor=1, status_forcelist=[503], allowed_methods=None, raise_on_status=False
)


def ask(path: str, body: dict[str, Any] | None = None, key: str = "") -> dict[str, Any]:
    """Posts a body to the server of ECLUSE_SERVING_URL, or gets what is there; raises KitError if it refuses.

    Under a key the server answers once. So what got no answer, or a 503, is sent again for half a minute.
    """
    url, token = setting("ECLUSE_SERVING_URL"), os.environ.get("ECLUSE_SERVING_TOKEN", "")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with requests.Session() as session:
            if key:
                headers["Idempotency-Key"] = key
                for scheme in ("http://", "https://"):
                    session.mount(scheme, HTTPAdapter(max_retries=_AGAIN))
            method, address = "GET" if body is None else "POST", f"{url.rstrip('/')}{path}"
            response = session.request(method, address, json=body, headers=headers, timeout=TIMEOUT)
    except requests.RequestException as error:
        raise KitError(f"ECLUSE_SERVING_URL {url}: no answer ({type(error).__name__})") from error
    if response.status_code != 200:
        raise KitError(f"ECLUSE_SERVING_URL {url}: HTTP {response.status_code} {response.text[:300]}")
    return cast(dict[str, Any], response.json())


def read_list(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON file, perhaps written by code that may not send them; raises KitError."""
    try:
        found = json.loads(read_plain(path, LARGEST))
    except (NotPlain, ValueError) as error:
        raise KitError(f"--from {path}: {error}") from None
    if not isinstance(found, list):
        raise KitError(f"--from {path} holds no list of JSON objects")
    return cast(list[dict[str, Any]], found)
