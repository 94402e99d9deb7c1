"""The state of the installation: versions, compiled kernels, warm-up.

Nothing goes in; facts of this machine, its kernel cache and compile times come out.

    kernel_cache  the folder of compiled kernels: its state, or why there is none
    doctor        versions, processor, cache, terminal
    warmup        the kernels of default runs, compiled ahead of time
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.diagnostics.doctor import examine
    from rnncli.diagnostics.kernel_cache import CacheState, cache_state
    from rnncli.diagnostics.warmup import warm_up

__all__ = ["CacheState", "cache_state", "examine", "warm_up"]

__getattr__, __dir__ = lazy(
    __name__,
    {"kernel_cache": ("CacheState", "cache_state"), "doctor": ("examine",), "warmup": ("warm_up",)},
)
