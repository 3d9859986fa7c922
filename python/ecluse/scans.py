"""Scans of a project's files: secrets in its text, and known advisories of its locked packages."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any, Final, cast

import requests

SKIPPED: Final = {
    ".git", ".venv", "build", "__pycache__", ".pytest_cache", ".ruff_cache", ".gitlab-ci-local",
}  # fmt: skip
LOCK: Final = "requirements.lock"
"""Its hashes are no secrets, and there are hundreds of them."""


def text_files(root: Path) -> list[Path]:
    """Every file of the project that no tool made."""
    found: list[Path] = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in SKIPPED]
        found += [Path(folder, name) for name in names if name != LOCK]
    return sorted(found)


def scan_secrets(root: Path) -> int:
    """Names file, line and kind of each secret; returns the exit code."""
    from detect_secrets.core.secrets_collection import SecretsCollection  # in jobs, not in a model server
    from detect_secrets.settings import default_settings

    secrets = SecretsCollection()
    with default_settings():
        for path in text_files(root):
            secrets.scan_file(str(path))
    for file, secret in secrets:
        print(f"{file}:{secret.line_number}: {secret.type}: take it out, and revoke it", file=sys.stderr)
    print(f"secret scan: {'failed' if secrets else 'passed'}")
    return 1 if secrets else 0


def locked(path: Path) -> list[tuple[str, str]]:
    """Name and version of every package in a lock file."""
    return re.findall(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)", path.read_text(), re.MULTILINE)


def advisories(url: str, packages: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Ids of the advisories by `name==version`, of the packages that have any."""
    queries = [{"package": {"name": n, "ecosystem": "PyPI"}, "version": v} for n, v in packages]
    response = requests.post(f"{url.rstrip('/')}/v1/querybatch", json={"queries": queries}, timeout=60)
    response.raise_for_status()
    results = cast(list[dict[str, Any]], response.json()["results"])
    found = {f"{n}=={v}": result.get("vulns", []) for (n, v), result in zip(packages, results, strict=True)}
    return {package: [vuln["id"] for vuln in vulns] for package, vulns in found.items() if vulns}


def dependency_result(lock: Path) -> dict[str, Any]:
    """The result: `status` is `not run`, `passed`, `failed` or `error`."""
    url = os.environ.get("ECLUSE_ADVISORIES_URL", "")
    if not url:
        return {"status": "not run", "reason": "no advisory source; set ECLUSE_ADVISORIES_URL"}
    packages = locked(lock)
    if not packages:
        return {"status": "error", "reason": f"{lock} names no package"}
    try:
        found = advisories(url, packages)
    except (requests.RequestException, ValueError, KeyError) as error:
        return {"status": "error", "reason": f"{url}: {error}"}
    return {"status": "failed" if found else "passed", "packages": len(packages), "advisories": found}


def scan_dependencies(lock: Path) -> int:
    """Asks the OSV server of ECLUSE_ADVISORIES_URL about every locked package; returns the exit code.

    Without a server the scan is "not run", which is no pass: it is written as such to
    `build/dependency-scan.json`.
    """
    result = dependency_result(lock)
    Path("build").mkdir(exist_ok=True)
    Path("build/dependency-scan.json").write_text(json.dumps(result, indent=1) + "\n")
    detail = result.get("reason") or result.get("advisories") or f"{result['packages']} packages"
    print(f"dependency scan: {result['status']}: {detail}")
    return 0 if result["status"] in ("passed", "not run") else 1
