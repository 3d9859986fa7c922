"""Looks for secrets in the project's files: `python ci/scan_secrets.py`. Exit 1 names file, line and kind."""

import os
import sys
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

SKIPPED = {".git", ".venv", "build", "__pycache__", ".pytest_cache", ".ruff_cache", ".gitlab-ci-local"}
# Its hashes are no secrets, and there are hundreds of them.
LOCK = "requirements.lock"


def text_files(root: Path) -> list[Path]:
    """Every file of the project that is not made by a tool."""
    found: list[Path] = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in SKIPPED]
        found += [Path(folder, name) for name in names if name != LOCK]
    return sorted(found)


def main(root: Path) -> int:
    """The command; returns its exit code."""
    secrets = SecretsCollection()
    with default_settings():
        for path in text_files(root):
            secrets.scan_file(str(path))
    for file, secret in secrets:
        print(f"{file}:{secret.line_number}: {secret.type}: take it out, and revoke it", file=sys.stderr)
    print(f"secret scan: {'failed' if secrets else 'passed'}")
    return 1 if secrets else 0


if __name__ == "__main__":
    sys.exit(main(Path(".")))
