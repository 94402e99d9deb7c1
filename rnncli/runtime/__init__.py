"""How work is run: threads, processes, clusters, timing, the event log.

Functions and items go in; results come out in order, whichever worker computed them.

    random_numbers  every generator, from a seed and what is drawn
    threads         a pool of threads for kernels, results in order
    timing          seconds by stage that add up to the whole
    blas            one thread for matrix products, so that cores change no bit
    event_log       what a run did, one JSON object per event
    service         messages to systemd, commands to run at the end of a job
    processes       worker processes of this machine, which end with their parent
    task_pool       tasks in parallel; a worker that crashes is replaced and its task retried
    dask_cluster    a Dask cluster as workers (an extra), or processes, as the settings say
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.runtime.event_log import RunLog
    from rnncli.runtime.processes import Processes
    from rnncli.runtime.task_pool import Workers
    from rnncli.runtime.threads import Threads, usable_cores
    from rnncli.runtime.timing import Stages

__all__ = ["Processes", "RunLog", "Stages", "Threads", "Workers", "usable_cores"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "threads": ("Threads", "usable_cores"),
        "timing": ("Stages",),
        "event_log": ("RunLog",),
        "processes": ("Processes",),
        "task_pool": ("Workers",),
    },
)
