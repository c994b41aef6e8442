"""A panel and many ledgers on a real Dask cluster of two workers; prints what was found as JSON.

A program of its own: a cluster's warnings and its threads stay out of the other tests.
"""

import json
import os
import sys

from distributed import Client, LocalCluster
from tests.panel import workers
from tests.panel.small import goals, values

import tradetrack as tt
from tradetrack.panel import tracking


def main() -> None:
    """Compare serial answers with those of the cluster, then kill a worker."""
    os.environ[workers.MARKER] = sys.argv[1]
    tracking.CHUNK = 2
    question = {"horizon": 4, "n_paths": 200}
    ledgers = {"one": tt.datasets.kazakhstan_uzbekistan(), "none": tt.Ledger()}
    alone = tt.track_panel(values(), goals(), **question)
    many = tt.track_many(ledgers, tt.Goal(10), n_paths=100)
    said = {}
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        executor = client.get_executor()
        found = tt.track_panel(values(), goals(), executor=executor, **question)
        said["panel"] = bool((found.probabilities == alone.probabilities).all())
        found_many = tt.track_many(ledgers, tt.Goal(10), n_paths=100, executor=executor)
        said["many"] = found_many == many
        said["workers"] = len(set(client.run(os.getpid).values()) - {os.getpid()})
        tracking.met_by = workers.met_by
        found = tt.track_panel(values(), goals(), executor=executor, **question)
        said["killed"] = os.path.exists(sys.argv[1])
        said["after"] = bool((found.probabilities == alone.probabilities).all())
        executor.shutdown()
        try:
            tt.track_panel(values(), goals(), executor=executor, **question)
        except tt.InputError as error:
            said["shut"] = str(error)
    print(json.dumps(said))


if __name__ == "__main__":
    main()
