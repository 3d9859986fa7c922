"""Forks far past its timeout, each process in a session of its own, and none waits for another."""

import os
import signal
import time

MARK = "outlives-its-job"
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
print("forks", flush=True)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        # One that only waits, under a name that the test looks for.
        os.execvp("python", ["python", "-c", "import time; time.sleep(60)", MARK])
# Not for ever: where nothing ends it, this test has failed, and the machine goes on.
end = time.monotonic() + 60
first = True
while time.monotonic() < end:
    # A chain: a process is gone before anyone who looks for it can end it.
    if os.fork():
        time.sleep(60) if first else os._exit(0)
    first = False
    os.setsid()
