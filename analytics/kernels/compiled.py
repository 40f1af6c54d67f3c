"""The one place that imports numba: where compiled code is kept, and how to have it compiled before it is needed."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from vinculo.graph.network import Codes, Floats, Ints, Mask
from vinculo.graph.settings import load_settings

Progress = Callable[[str, int, int], None]
_Function = TypeVar("_Function", bound=Callable[..., Any])

if "NUMBA_CACHE_DIR" not in os.environ and not os.access(Path(__file__).parent, os.W_OK):
    # numba reads this when it is imported; its own fallback folder may be read-only as well.
    os.environ["NUMBA_CACHE_DIR"] = str(load_settings().cache_folder / "numba")

import numba  # noqa: E402 - only now is its folder known
from llvmlite import ir  # noqa: E402 - comes with numba
from numba.core import cgutils  # noqa: E402

#: Kernels that no folder could be found for.
_not_kept: list[str] = []


def kernel(function: _Function) -> _Function:
    """Compile a loop on arrays: cached on disk where a folder can be written, without the interpreter lock, exact arithmetic."""
    try:
        made = numba.njit(cache=True, nogil=True, fastmath=False)(function)
        _drop_stale(Path(str(made.stats.cache_path)), Path(function.__code__.co_filename).parent)
    except RuntimeError:
        # numba found no folder it may write; compiled code then lives as long as the process does
        _not_kept.append(function.__qualname__)
        made = numba.njit(nogil=True, fastmath=False)(function)
    return cast(_Function, made)


def _fetch(_typing: Any, array: Any, place: Any) -> Any:
    """Have the processor bring ``array[place]`` near, for later; no result depends on it.

    Nodes that are looked at in random order lie anywhere in memory: waiting for them takes longer than the work on them.
    """

    def instruction(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        where = cast(Any, cgutils).get_item_pointer(context, builder, signature.args[0], made, [arguments[1]])
        number, address = ir.IntType(32), ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [address, number, number, number])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [address], kind)
        # to be read, and used soon
        builder.call(prefetch, [builder.bitcast(where, address), number(0), number(3), number(1)])
        return context.get_dummy_value()

    return numba.types.void(array, numba.types.intp), instruction


#: ``fetch(array, place)``, only inside kernels.
fetch = cast(Callable[[Any, Any], None], numba.extending.intrinsic(_fetch))


@functools.cache
def _drop_stale(folder: Path, sources: Path) -> None:
    """Remove code compiled from other sources: numba looks at a kernel's own file only, and kernels call those of others."""
    made = hashlib.sha256()
    for file in sorted(sources.glob("*.py")):
        made.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    stamp = folder / f"{sources.name}.sources"
    with contextlib.suppress(OSError):
        if stamp.read_text(encoding="ascii") == made.hexdigest():
            return
    with contextlib.suppress(OSError):
        for compiled in folder.glob("*.nb[ic]"):
            compiled.unlink(missing_ok=True)
        stamp.write_text(made.hexdigest(), encoding="ascii")


def kept() -> bool:
    """Whether compiled code stays on this disk; where no folder can be written, every process compiles again.

    Examples
    --------
    >>> kept() in (True, False)
    True
    """
    return not _not_kept


def _cold(dispatcher: Any) -> bool:
    """Whether this kernel has neither been compiled in this process nor, by this Python, on this disk."""
    if dispatcher.signatures:
        return False
    if not dispatcher.stats.cache_path:
        return True
    folder = Path(dispatcher.stats.cache_path)
    function = dispatcher.py_func
    name = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}-{function.__code__.co_firstlineno}"
    return not any(folder.glob(f"{name}.py{sys.version_info[0]}{sys.version_info[1]}*.nbi"))


class Tiny(NamedTuple):
    """Two nodes and a link between them, at both of its ends: what kernels are compiled with."""

    ptr: Ints
    ends: Codes
    codes: Codes
    floats: Floats
    times: Ints
    flags: Mask
    watch: Ints


#: Kernels with arguments of the types they get.
Calls = list[tuple[Any, tuple[Any, ...]]]


def _tiny() -> Tiny:
    return Tiny(
        ptr=np.array([0, 1, 2], np.int64),
        ends=np.array([1, 0], np.int32),
        codes=np.zeros(2, np.int32),
        floats=np.ones(2),
        times=np.array([0, 1], np.int64),
        flags=np.zeros(2, np.bool_),
        watch=np.array([0, 0, -1, 0], np.int64),
    )


def warm(progress: Progress | None = None, only: Collection[str] = ()) -> None:
    """Have kernels compiled, and say so (stage ``compile``) while that takes time.

    Takes up to a minute once per installation, milliseconds afterwards. A module of kernels says in ``calls`` what they are
    called with.

    Parameters
    ----------
    progress : callable, optional
        Told ``("compile", done, total)`` before each kernel that is compiled; it may raise to stop.
    only : collection of str
        Modules of kernels that are needed; all by default.
    """
    package = importlib.import_module("vinculo.analytics.kernels")
    names = sorted(only) or [m.name for m in pkgutil.iter_modules(package.__path__)]
    modules = (importlib.import_module(f"{package.__name__}.{name}") for name in names)
    calls: Calls = [call for m in modules if hasattr(m, "calls") for call in m.calls(_tiny())]
    cold = [c for c in calls if _cold(c[0])]
    for done, (function, arguments) in enumerate(cold):
        if progress:
            progress("compile", done, len(cold))
        function(*arguments)
    if cold and progress:
        progress("compile", len(cold), len(cold))
