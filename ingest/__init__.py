"""From files to batches. The package is also the function: ``from vinculo import ingest; ingest("file.csv", store)``."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _CallablePackage(ModuleType):
    # `vinculo.ingest` must be a package for imports and the function a notebook user expects: one name, both meanings
    def __call__(self, *args: Any, **keywords: Any) -> Any:
        from vinculo.ingest.load import ingest

        return ingest(*args, **keywords)


sys.modules[__name__].__class__ = _CallablePackage
