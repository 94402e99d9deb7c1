"""Files beside the code of a package, also in a zip; `importlib.resources` takes long to import."""

import os
import sys
from importlib.machinery import SourceFileLoader
from typing import cast


def packaged(package: str, *names: str) -> bytes:
    """The bytes of a file of an imported package, by the names of its folders and its own."""
    module = sys.modules[package]
    assert module.__spec__ is not None
    assert module.__file__ is not None
    loader = cast(SourceFileLoader, module.__spec__.loader)
    return loader.get_data(os.path.join(os.path.dirname(module.__file__), *names))
