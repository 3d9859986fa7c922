"""A fork server where a library starts a thread."""

import sys
import threading

from ecluse_models import worker

if __name__ == "__main__":
    own = worker.preload

    def preload() -> None:
        own()
        threading.Thread(target=threading.Event().wait, daemon=True).start()

    worker.preload = preload
    worker.main(sys.argv[1:])
