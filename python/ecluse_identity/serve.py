"""Runs the tracking server: `python -m ecluse_identity.serve`.

One process, one worker: MLflow's own command would keep a second Python process beside it.
"""

import logging
import os
import sys

import uvicorn

from ecluse_core.errors import SettingError
from ecluse_core.importing import importing
from ecluse_core.light import UNUSED_BY_TRACKING, hide_libraries
from ecluse_identity.connections import bound_connections
from ecluse_identity.entra import use_login
from ecluse_identity.settings import ServerSettings, auth_configuration, mlflow_environment


def main() -> int:
    """Serves until SIGTERM; 1 when a setting is wrong."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = ServerSettings.read(os.environ)
        use_login(settings)
    except SettingError as error:
        print(f"ecluse_identity.serve: {error}", file=sys.stderr)
        return 1
    # A workspace in the environment of a server would be every caller's default.
    os.environ.pop("MLFLOW_WORKSPACE", None)
    os.environ.update(mlflow_environment(settings))
    hide_libraries(UNUSED_BY_TRACKING)
    bound_connections()
    with auth_configuration(settings.auth_database), importing():
        from ecluse_identity.app import create_app

        app = create_app(settings)
    # The access log of uvicorn holds query strings, and so login tokens; the guard keeps one without.
    # Clients keep connections: one that is closed under a request looks like a failure of it.
    config = uvicorn.Config(
        app,
        **settings.listening,
        access_log=False,
        log_config=None,
        timeout_keep_alive=75,
    )
    uvicorn.Server(config).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
