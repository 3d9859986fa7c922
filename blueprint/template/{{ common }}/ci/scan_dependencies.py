"""Asks an OSV server about every locked package: `python ci/scan_dependencies.py requirements.lock`.

ECLUSE_ADVISORIES_URL names the server (https://api.osv.dev, or a mirror of it). Without one the scan is
"not run", which is no pass: it is written as such to build/dependency-scan.json. Exit 1 failed or broken off.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any, cast

import requests


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


def scan(lock: Path) -> dict[str, Any]:
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


def main(lock: str) -> int:
    """The command; returns its exit code."""
    result = scan(Path(lock))
    Path("build").mkdir(exist_ok=True)
    Path("build/dependency-scan.json").write_text(json.dumps(result, indent=1) + "\n")
    detail = result.get("reason") or result.get("advisories") or f"{result['packages']} packages"
    print(f"dependency scan: {result['status']}: {detail}")
    return 0 if result["status"] in ("passed", "not run") else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
