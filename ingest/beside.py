"""Reading and mapping in a process of its own, beside the one that writes to the store; for files large enough for it to pay.

A thread would not do: SQLite's calls from Python give up and take back the interpreter's lock at every row. The child is this
very program, started anew (never forked: the parent may have threads), and says what it made through a pipe, which also
keeps it from running ahead. It writes nothing; where it dies, what the store has by then stays, as after any stop.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import struct
import subprocess
import sys
import traceback
from collections.abc import Generator, Iterator
from types import FunctionType
from typing import IO, Any

import pyarrow as pa

from vinculo.graph import errors
from vinculo.graph.errors import EnvironmentProblem, VinculoError
from vinculo.ingest.cells import no_collecting
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.doubtful import Doubts
from vinculo.ingest.expectations import Expectations
from vinculo.ingest.formats import Format, formats
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.making import Made, made_of
from vinculo.ingest.marks import Marks
from vinculo.ingest.recognise import Recognised, datasets

#: From so many bytes on, starting a process costs less than it saves.
LEAST_BYTES = 48 << 20
# -P: nothing is imported from the folder the user happens to be in
_PROGRAM = ("-P", "-c", "from vinculo.ingest.beside import serve; serve()")
_READY = b"ready"
_LENGTH = struct.Struct("<Q")


def made_beside(
    file: OpenedFile,
    recognised: Recognised,
    here: Marks,
    notes: dict[str, str],
    doubts: Doubts,
    expected: Expectations,
) -> Generator[Made, None, None]:
    """Like :func:`vinculo.ingest.making.made_of`, in a process beside this one where it pays and can be.

    Raises
    ------
    EnvironmentProblem
        ``reader_died``: something ended that process.
    """
    child = _child(file, recognised, here) if _pays(file, recognised) else None
    if child is None:
        yield from made_of(file, recognised, here, notes, doubts, expected)
        return
    with _ended(child):
        yield from _received(child, file, notes, doubts, expected)


def _pays(file: OpenedFile, recognised: Recognised) -> bool:
    # what is read as a whole gives one batch: there is nothing to write meanwhile
    alone = file.size < LEAST_BYTES or recognised.dataset.whole_file or _processors() < 2
    return not alone and bool(sys.executable) and not getattr(sys, "frozen", False)


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Windows and macOS
        return os.cpu_count() or 1


# -- the parent's side -----------------------------------------------------------------------------------------------
def _child(file: OpenedFile, recognised: Recognised, here: Marks) -> subprocess.Popen[bytes] | None:
    """A process at work on a file; ``None`` where it cannot be told its work, or does not start."""
    try:
        job = _packed((file, recognised, here.all()))
    except (pickle.PicklingError, AttributeError, TypeError):
        return None  # a dataset of the caller's own, with functions that have no name
    try:
        child = subprocess.Popen(
            [sys.executable, *_PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            # an interrupt from the keyboard is for this process, which then ends that one
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
            | getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, ValueError):
        return None
    assert child.stdin is not None and child.stdout is not None
    try:
        with child.stdin:
            _send(child.stdin, job)
        if _receive(child.stdout) == _READY:
            return child
    except OSError:
        pass
    except BaseException:
        _end(child)
        raise
    _end(child)
    return None


def _received(
    child: subprocess.Popen[bytes], file: OpenedFile, notes: dict[str, str], doubts: Doubts, expected: Expectations
) -> Iterator[Made]:
    assert child.stdout is not None
    while True:
        sent = _receive(child.stdout)
        if sent is None:
            _end(child)
            raise EnvironmentProblem("reader_died", file=str(file.path), status=child.returncode)
        found, made, at_end = _unpacked(sent)
        notes |= found
        if made is not None:
            yield made
            continue
        noted, counted, error = at_end
        doubts.also(noted)
        expected.also(counted)
        if error is not None:
            raise error
        return


@contextlib.contextmanager
def _ended(child: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Stop a process that has nothing to lose."""
    child.kill()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    child.wait()


# -- the child's side ------------------------------------------------------------------------------------------------
def serve() -> None:
    """Do the work that stands on standard input, and say on standard output what it gives; the child's whole program."""
    job = _receive(sys.stdin.buffer)
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # nothing that prints shall come in between
    if job is None:
        return
    file, recognised, here = _unpacked(job)
    with contextlib.suppress(BrokenPipeError), no_collecting():
        _send(out, _READY)
        notes: dict[str, str] = {}
        doubts, expected = Doubts(), Expectations(recognised.dataset)
        error: Exception | None = None
        try:
            for made in made_of(file, recognised, Marks(here), notes, doubts, expected):
                _send(out, _packed((notes, made, None)))
        except BrokenPipeError:
            raise  # nobody listens any more
        except Exception as raised:
            error = raised
        _send(out, _last(notes, (doubts, expected), error))


def _last(notes: dict[str, str], noted: tuple[Doubts, Expectations], error: Exception | None) -> bytes:
    if error is not None and not isinstance(error, VinculoError):
        error.add_note("".join(traceback.format_exception(error)))
    try:
        return _packed((notes, None, (*noted, error)))
    except (pickle.PicklingError, AttributeError, TypeError):
        told = RuntimeError("".join(traceback.format_exception(error)))
        return _packed((notes, None, (*noted, told)))


# -- what goes through the pipe --------------------------------------------------------------------------------------
def _send(pipe: IO[bytes], message: bytes) -> None:
    for piece in (_LENGTH.pack(len(message)), message):
        rest = memoryview(piece)
        while rest:
            rest = rest[pipe.write(rest) :]


def _receive(pipe: IO[bytes]) -> bytes | None:
    """The next message; ``None`` where the other end is gone."""
    head = _exactly(pipe, _LENGTH.size)
    return None if head is None else _exactly(pipe, _LENGTH.unpack(head)[0])


def _exactly(pipe: IO[bytes], size: int) -> bytes | None:
    pieces = []
    while size:
        piece = pipe.read(min(size, 1 << 20))
        if not piece:
            return None
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


class _Pickler(pickle.Pickler):
    """What is registered goes by its name, tables as Arrow writes them, errors by what they say."""

    def persistent_id(self, thing: object) -> tuple[str, str] | None:
        if isinstance(thing, Format) and formats().get(thing.name) is thing:
            return "format", thing.name
        if isinstance(thing, Dataset) and datasets().get(thing.name) is thing:
            return "dataset", thing.name
        if isinstance(thing, FunctionType):  # of a dataset that a user's mapping changed
            named = (d.name for d in datasets().values() if d.prepare is thing)
            return next((("prepare", name) for name in named), None)
        return None

    def reducer_override(self, thing: object) -> Any:
        if isinstance(thing, pa.Table):
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, thing.schema) as stream:
                stream.write_table(thing)
            return _table, (sink.getvalue().to_pybytes(),)
        if isinstance(thing, VinculoError):
            place = {"line": thing.line, "column": thing.column}
            return _error, (type(thing).__name__, thing.code, {**thing.values, "file": thing.file, **place})
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, named: tuple[str, str]) -> object:
        what, name = named
        if what == "format":
            return formats()[name]
        return datasets()[name] if what == "dataset" else datasets()[name].prepare


def _packed(thing: object) -> bytes:
    out = io.BytesIO()
    _Pickler(out, protocol=5).dump(thing)
    return out.getvalue()


def _unpacked(message: bytes) -> Any:
    return _Unpickler(io.BytesIO(message)).load()


def _table(written: bytes) -> pa.Table:
    return pa.ipc.open_stream(pa.py_buffer(written)).read_all()


def _error(name: str, code: str, said: dict[str, Any]) -> VinculoError:
    made: VinculoError = getattr(errors, name)(code, **said)
    return made
