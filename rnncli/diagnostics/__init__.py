"""The state of the installation: versions, compiled kernels, warm-up.

Facts about this machine, its kernel cache and compile times come out.

    cache_state  the state of the folder of compiled kernels, or why there is none
    doctor        versions, processor, cache, terminal
    licences      the libraries: version, licence, and why each is needed
    warmup        the kernels of default runs, compiled ahead of time
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.diagnostics.cache_state import CacheState, examine_cache
    from rnncli.diagnostics.doctor import examine
    from rnncli.diagnostics.warmup import warm_up

__all__ = ["CacheState", "examine", "examine_cache", "warm_up"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "cache_state": ("CacheState", "examine_cache"),
        "doctor": ("examine",),
        "warmup": ("warm_up",),
    },
)
