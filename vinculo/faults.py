"""From whatever went wrong to one sentence and an exit code (``docs/command-line.md`` lists the codes)."""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import click

from vinculo import __version__
from vinculo.graph.errors import Cancelled, EnvironmentProblem, InputError, UsageError, VinculoError
from vinculo.graph.settings import load_settings

#: Exit code where the reader of our output has gone: as a shell counts a SIGPIPE.
BROKEN_PIPE = 141


def steady() -> None:
    """Make output UTF-8 everywhere and let a polite kill end a command as Ctrl-C does."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a file name that is no text comes out escaped instead of ending the command
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # a command under nohup stays deaf to the closing terminal
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    # libraries' own warnings have no place on a screen where every fault is one sentence
    logging.getLogger().addHandler(logging.NullHandler())


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def guarded(run: Callable[[], Any], *, as_json: bool, goes_on: bool = False) -> int:
    """Run a command; every fault ends as one sentence (or one JSON line) and the exit code returned.

    Parameters
    ----------
    run : callable
        The command; returns an exit code or ``None``.
    as_json : bool
        Print faults as JSON on stdout.
    goes_on : bool
        Stopped and run again, the command goes on where it stopped.
    """
    try:
        code = run()
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except BrokenPipeError:
        return reader_gone()
    except (KeyboardInterrupt, click.Abort):
        stopped = Cancelled("cancelled")
        stopped.goes_on = goes_on
        return told(stopped, as_json=as_json)
    except VinculoError as problem:
        if isinstance(problem, Cancelled):
            problem.goes_on = goes_on
        return told(problem, as_json=as_json)
    except click.ClickException as problem:
        return told(_usage(problem), as_json=as_json)
    except OSError as problem:
        return told(_system(problem) or _unforeseen(problem), as_json=as_json)
    except MemoryError:
        return told(EnvironmentProblem("memory_full"), as_json=as_json)
    except Exception as problem:
        return told(_unforeseen(problem), as_json=as_json)


def reader_gone() -> int:
    """Whoever read our output has seen enough: end quietly; returns the exit code."""
    # else the interpreter complains when it flushes at its end
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def told(problem: VinculoError, *, as_json: bool) -> int:
    """Say a fault (sentence and hint on stderr, or one JSON line on stdout) and return its exit code."""
    if os.environ.get("VINCULO_DEBUG") == "1":
        traceback.print_exc()
    if as_json:
        sys.stdout.write(json.dumps(problem.as_json(), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    else:
        from vinculo.console import visible

        hint = problem.hint()
        sys.stderr.write("\n".join(visible(t) for t in (problem.message(), hint) if t) + "\n")
    return problem.exit_code


def _usage(problem: click.ClickException) -> UsageError:
    """Click's own complaints in our words."""
    from vinculo.console import worded

    context = getattr(problem, "ctx", None)
    command = context.command_path if context else "vinculo"
    parameter = getattr(problem, "param", None)
    named = parameter.opts[0] if isinstance(parameter, click.Option) else getattr(parameter, "human_readable_name", "")
    named = worded(parameter.metavar or named).rstrip(".") if isinstance(parameter, click.Argument) else named
    if isinstance(problem, click.NoSuchOption):
        return UsageError("cli_no_such_option", option=problem.option_name, command=command)
    if isinstance(problem, click.MissingParameter):
        return UsageError("cli_missing", parameter=named, command=command)
    if isinstance(problem, click.BadParameter) and parameter is not None:
        if isinstance(parameter.type, click.Choice):
            known = ", ".join(map(str, parameter.type.choices))
            return UsageError("cli_not_among", parameter=named, known=known, command=command)
        return UsageError("cli_bad_value", parameter=named, command=command)
    if isinstance(problem, click.BadOptionUsage):
        return UsageError("cli_option_without_value", option=problem.option_name, command=command)
    return UsageError("cli_usage", command=command)


def _system(problem: OSError) -> VinculoError | None:
    """What the operating system refused, where a person can do something about it."""
    file = os.fspath(problem.filename) if isinstance(problem.filename, str | os.PathLike) else ""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return EnvironmentProblem("disk_full_here", file=file or str(load_settings().data_folder))
    if problem.errno == errno.EIO:
        return EnvironmentProblem("disk_refuses", url=file or str(load_settings().data_folder))
    if problem.errno == errno.ENOENT and file:
        return InputError("file_missing", file=file)
    if problem.errno == errno.EISDIR and file:
        return InputError("file_is_folder", file=file)
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS) and file:
        return EnvironmentProblem("not_permitted", file=file)
    if problem.errno == errno.ENOMEM:
        return EnvironmentProblem("memory_full")
    return None


def _unforeseen(problem: BaseException) -> VinculoError:
    """A fault of ours: the whole story goes into a file."""
    kind = type(problem).__name__
    log = load_settings().data_folder / "logs" / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    try:
        _write_log(log, problem)
    except OSError:
        return VinculoError("unforeseen_unlogged", kind=kind)
    return VinculoError("unforeseen", kind=kind, log=str(log))


def _write_log(log: Path, problem: BaseException) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    # the command's arguments stay out of it: an address may hold a password
    story = "".join(traceback.format_exception(problem))
    log.write_text(f"vinculo {__version__}, Python {sys.version}\n\n{story}", encoding="utf-8", errors="replace")
