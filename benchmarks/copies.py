"""Play so many copies of region-failover's topology, and end: for whoever counts instructions instead of time.

    valgrind --tool=cachegrind --cache-sim=no python -m benchmarks.copies 100
    valgrind --tool=cachegrind --cache-sim=no python -m benchmarks.copies 100 --idle

The second sets the level up and plays nothing: take it off the first. Set PYTHONHASHSEED, and run each twice (the first
run may compile). The count is the same whatever else the machine does; the time is not, because a hundred copies do not
fit into a cache that others use as well.
"""

from __future__ import annotations

import os
import sys

from benchmarks.engine import bound, find, load, play

if __name__ == "__main__":
    level, draws = bound(load(find("region-failover")), int(sys.argv[1]))
    if "--idle" not in sys.argv:
        play(level, draws, [])
    os._exit(0)  # what it takes to end is no part of it
