"""Starts a service from its spec file: unseals its secrets, then becomes the service.

`python -m ecluse_local.launch SPEC` is what the process manager keeps alive. The spec is JSON with
`command` (list), `cwd`, `env`, `key` (path of the environment's key) and `sealed` (the secret part of the
environment, AES-256-GCM as `local/seal.ts` writes it).
"""

import base64
import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PR_SET_PDEATHSIG = 1


def unseal(key: bytes, sealed: str) -> str:
    """Decrypts `v1:<nonce>:<ciphertext and tag>`; raises `InvalidTag` for another key or a changed text."""
    _, nonce, body = sealed.split(":")
    return AESGCM(key).decrypt(base64.b64decode(nonce), base64.b64decode(body), None).decode()


def read(spec_file: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The spec and the whole environment of a service; ends in words where a file of it is damaged."""
    try:
        spec = json.loads(Path(spec_file).read_text())
        key = base64.b64decode(Path(spec["key"]).read_text())
        return spec, spec["env"] | json.loads(unseal(key, spec["sealed"]))
    except (OSError, ValueError, KeyError, TypeError, InvalidTag) as error:
        reason = f"{type(error).__name__} {error}".strip()
        sys.exit(
            f"{spec_file} cannot be read, or opened with the key that it names: {reason}; restore that key "
            "from a backup if it was changed, and bring the environment up again"
        )


def main(spec_file: str) -> None:
    """Replaces this process by the service that `spec_file` describes."""
    spec, environment = read(spec_file)
    # Where the process manager is killed, its services must not live on beside those of its successor.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    os.chdir(spec["cwd"])
    os.execve(spec["command"][0], spec["command"], environment)


if __name__ == "__main__":
    main(sys.argv[1])
