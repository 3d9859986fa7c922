"""Requests to the model server, of records and of labels, and files that hold them."""

import json
import os
from pathlib import Path
from typing import Any, Final, cast

import requests

from ecluse_core.plain import NotPlain, read_plain

from .errors import KitError
from .usecase import setting

LARGEST: Final = 1 << 30


def ask(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Posts a body to the server of ECLUSE_SERVING_URL; raises KitError with its answer."""
    url, token = setting("ECLUSE_SERVING_URL"), os.environ.get("ECLUSE_SERVING_TOKEN", "")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        response = requests.post(f"{url.rstrip('/')}{path}", json=body, headers=headers, timeout=60)
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
