"""A sweep on two worker processes that goes on until it is stopped: a program, and what waits for it."""

import sys

from energymodels.core.plan import plan
from energymodels.core.stores.cluster import on_cluster
from energymodels.core.stores.stream import Stream, Tally, stream

OVER = {"photocurrent": "1:40:300", "nNsVth": "0.5:2:300"}
CHUNK = 30


def tell(tally: Tally) -> None:
    """Say that a block is done."""
    print(tally.done, flush=True)


def main(url: str, workers: int) -> int:
    """Sweep, and return 130 if it was interrupted."""
    with on_cluster(workers) as (run, number):
        how = Stream(url, run=run, workers=number, chunk=CHUNK, progress=tell)
        tally = stream(plan("pv.diode", OVER), how)
    return 130 if isinstance(tally.stopped, KeyboardInterrupt) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
