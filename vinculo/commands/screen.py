"""Chapter *open*: the dashboard, as a process of its own."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys

import click

from vinculo.command import command
from vinculo.console import Console
from vinculo.graph.errors import EnvironmentProblem

HOST = "127.0.0.1"
#: Tried in order where nobody asked for a port.
PORTS = range(8501, 8531)
#: Seconds the server has to end by itself.
_PATIENCE_S = 10


@command
@click.option("--port", type=click.IntRange(1, 65535))
@click.option("--no-browser", is_flag=True)
def dashboard(console: Console, port: int | None, no_browser: bool) -> int:
    """Open the dashboard on this machine; Ctrl-C closes it."""
    port = free_port(port)
    # made where it is missing, and whatever is wrong with it is said here rather than on a page
    with console.open(write=True):
        pass
    return serve(console, port, browser=not no_browser)


def free_port(asked: int | None) -> int:
    """The port asked for, or the first free one.

    Raises
    ------
    EnvironmentProblem
        ``port_taken``, ``port_forbidden``.
    """
    for port in (asked,) if asked else PORTS:
        with socket.socket() as probe:
            # as the server will: a port that only waits for old packets is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as problem:
                if problem.errno == errno.EACCES:
                    raise EnvironmentProblem("port_forbidden", port=port) from None
                continue
        return port
    raise EnvironmentProblem("port_taken", port=asked or PORTS[0])


def serve(console: Console, port: int | None, *, browser: bool) -> int:
    """Run the server until it is stopped; returns the exit code."""
    address = f"http://{HOST}:{port}"
    console.emit({"address": address, "port": port, "store": console.shown_url})
    # -P: whatever lies in the folder a person stands in is no part of the program
    command = [sys.executable, "-P", "-m", "vinculo.dashboard.launch", "--port", str(port)]
    # the store's address goes by the environment: it may hold a password, and arguments are seen by everyone
    server = subprocess.Popen(
        [*command, *(() if browser else ("--no-browser",))],
        env={**os.environ, "VINCULO_STORE": console.url, "PYTHONSAFEPATH": "1"},
        stdout=sys.stderr if console.as_json else None,
        # Ctrl-C comes to this process alone, which then ends the server
        start_new_session=True,
    )
    try:
        return server.wait()
    except KeyboardInterrupt:
        # stopping it is how it ends: no fault
        console.note("cli.dashboard.closed")
        return 0
    finally:
        _stop(server)


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
