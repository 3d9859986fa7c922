"""Runs the model server: `python -m ecluse_serving`."""

import logging
import os
import sys
import threading
from dataclasses import replace

from ecluse_core.importing import importing


def main() -> int:
    """Serves until SIGTERM; 1 when a setting is wrong."""
    # A model of megabytes gains nothing from a thread per core, and each costs memory.
    os.environ.setdefault("POLARS_MAX_THREADS", "2")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with importing():
        import uvicorn

        from ecluse_core.errors import SettingError
        from ecluse_core.tls import trusting
        from ecluse_identity.verify import Verifier
        from ecluse_release.stage import CHALLENGER
        from ecluse_serving.app import Server, create_app
        from ecluse_serving.batching import Batcher
        from ecluse_serving.callers import Callers
        from ecluse_serving.champion import Holder, Source
        from ecluse_serving.journal import Journal, backlog
        from ecluse_serving.kept import KeptChampion
        from ecluse_serving.metrics import Metrics
        from ecluse_serving.registry import Registry
        from ecluse_serving.rollout import Rollout
        from ecluse_serving.settings import Settings
        from ecluse_serving.shipping import Shipper

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        given = Settings.read(os.environ)
    except SettingError as error:
        print(f"ecluse_serving: {error}", file=sys.stderr)
        return 1
    registry = Registry(given.tracking_uri, given.workspace, given.token_file, trusting(given.authority))
    kept = KeptChampion(given.folder / "champion")
    source = Source(registry, given.environment, given.use_case, given.signing_key, kept)
    holder = Holder(source.load, replace(source, registry=kept, kept=None).load)
    threading.Thread(target=holder.follow, args=[given.champion_seconds], daemon=True).start()
    journal = Journal(given.folder / "predictions")
    shipper = Shipper(journal, given.inference, given.use_case)
    threading.Thread(target=shipper.follow, args=[given.flush_seconds], daemon=True).start()
    rollout = None
    if given.rollout:
        challengers = replace(source, registry=replace(registry, alias=CHALLENGER), kept=None)
        rollout = Rollout(challengers, holder, shipper.keep, given.folder)
        threading.Thread(target=rollout.follow, args=[given.champion_seconds], daemon=True).start()
    callers = Callers(Verifier(given.identity))
    batcher = Batcher(shipper.keep, rollout.watch if rollout else None)
    metrics = Metrics(holder, lambda: backlog(journal.folder)) if given.metrics else None
    server = Server(callers, holder, given, batcher, shipper, metrics=metrics, rollout=rollout)
    # Refusals and errors have their own lines. One for every score would cost a tenth of its time.
    uvicorn.run(create_app(server), log_config=None, access_log=False, **given.listening)
    return 0


if __name__ == "__main__":
    sys.exit(main())
