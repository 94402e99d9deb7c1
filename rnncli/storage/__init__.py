"""Files of rnncli: written whole or not at all, locked, and sealed under a digest.

Bytes, tensors and JSON go in; files that survive a crash come out.

    atomic       the one writer: a file is replaced whole or stays as it was
    locks        one process at a time for a file or folder
    near_path    for a path that does not exist, the one that was probably meant
    packaged     a file beside the code
    reading      the one reader of whole files: it waits for no pipe, and stops at a size
    tensor_file  the container of model, checkpoint and state files: tensors and JSON, no code
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.storage.atomic import write_atomically
    from rnncli.storage.locks import locked
    from rnncli.storage.tensor_file import is_model, seal, unseal

__all__ = ["is_model", "locked", "seal", "unseal", "write_atomically"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "atomic": ("write_atomically",),
        "locks": ("locked",),
        "tensor_file": ("is_model", "seal", "unseal"),
    },
)
