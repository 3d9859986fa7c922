"""Forks without end, each process in a session of its own, and none waits for another."""

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
        os.execvp("python", ["python", "-c", "import time; time.sleep(600)", MARK])
first = os.getpid()
while True:
    # A chain: a process is gone before anyone who looks for it can end it.
    if os.fork():
        time.sleep(600) if os.getpid() == first else os._exit(0)
    os.setsid()
