"""Runs the console: `python -m ecluse_console`."""

import logging
import os
import sys
from typing import Any

import uvicorn

from ecluse_console.app import create_app
from ecluse_console.settings import Settings
from ecluse_core.errors import SettingError


def main() -> int:
    """Serves until SIGTERM; 1 when a setting is wrong."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = Settings.read(os.environ)
    except SettingError as error:
        print(f"ecluse_console: {error}", file=sys.stderr)
        return 1
    # The access log of uvicorn holds query strings, and so the codes of logins; the guard keeps one without.
    options: dict[str, Any] = {"access_log": False, "proxy_headers": False, "server_header": False}
    uvicorn.run(create_app(settings), log_config=None, **options, **settings.listening)
    return 0


if __name__ == "__main__":
    sys.exit(main())
