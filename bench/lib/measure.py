"""Runs a program and writes what it cost: measure.py OUT.json PROGRAM ARG…

CPU time and peak memory are those the kernel reports when it reaps the child (wait4), so they are exact and
cover every thread and every child the program waited for. Peak memory is at least that of this small
interpreter (about 10 MiB), which the kernel counts until the program replaces it.
"""
import json
import os
import sys
import time

out, *argv = sys.argv[1:]
started = time.monotonic()
pid = os.posix_spawnp(argv[0], argv, os.environ)
_, status, used = os.wait4(pid, 0)
with open(out, "w") as f:
    json.dump({
        "code": os.waitstatus_to_exitcode(status),
        "wall": time.monotonic() - started,
        "cpu": used.ru_utime + used.ru_stime,
        "mib": used.ru_maxrss / 1024,
    }, f)
