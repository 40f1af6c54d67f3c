"""Hands Bolt messages on to a server and cuts the connection at one of them.

Messages are counted over all connections, those of the driver (up) and those of the server (down) apart, so that a job that
repeats exactly can be cut at its k-th message.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

#: How a message is cut: before it goes on, after half of it has gone on, or (down) after the server has sent it.
WAYS = ("up", "half", "down")
_MANIFEST = b"\x00\x00\x01\xff"


class Cut(Exception):
    """The end of this connection."""


class Agreed(threading.Event):
    """Set when the server has answered the driver's first bytes; the driver speaks again only if it listed its versions."""

    by_manifest = False


class BoltProxy:
    """Listens on a port of the loopback; ``cut(way, number)`` arms it, once."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._turn = threading.Lock()
        self._way, self._number = "", 0
        #: Messages so far by direction, and connections that were cut.
        self.seen = {"up": 0, "down": 0}
        self.cuts = 0
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def arm(self, way: str = "", number: int = 0) -> None:
        """Count anew, and cut at the message of that number; without one only count."""
        with self._turn:
            self._way, self._number, self.cuts = way, number, 0
            self.seen = {"up": 0, "down": 0}

    def close(self) -> None:
        """Take no more connections and end those there are."""
        # closed alone, it would still take the connection it waits for
        _shut(self._listener)
        self._listener.close()
        for end in self._ends:
            _shut(end)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                client.close()
                continue
            for end in (client, server):
                # else each message waits for the receipt of the one before it, 40 ms
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ends += [client, server]
            agreed = Agreed()
            for direction, ends in (("up", (client, server)), ("down", (server, client))):
                threading.Thread(target=self._hand_on, args=(direction, *ends, agreed), daemon=True).start()

    def _hand_on(self, direction: str, origin: socket.socket, target: socket.socket, agreed: Agreed) -> None:
        with contextlib.suppress(OSError, Cut):
            handshake = _from_driver(origin, agreed) if direction == "up" else _from_server(origin, agreed)
            for part in handshake:
                target.sendall(part)
            while True:
                message = _message(origin)
                self._look(direction, message, target)
                target.sendall(message)
        _shut(origin)
        _shut(target)

    def _look(self, direction: str, message: bytes, target: socket.socket) -> None:
        with self._turn:
            self.seen[direction] += 1
            armed = self._way and direction == ("down" if self._way == "down" else "up")
            if not armed or self.seen[direction] != self._number:
                return
            self.cuts += 1
        if self._way == "half":
            target.sendall(message[: len(message) // 2])
        raise Cut


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


def _exactly(origin: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        some = origin.recv(count - len(got))
        if not some:
            raise Cut
        got += some
    return got


def _varint(origin: socket.socket) -> tuple[int, bytes]:
    raw, value = b"", 0
    while True:
        byte = _exactly(origin, 1)
        value |= (byte[0] & 0x7F) << (7 * len(raw))
        raw += byte
        if byte[0] < 0x80:
            return value, raw


def _message(origin: socket.socket) -> bytes:
    """One message with its chunk headers; what only keeps the line alive goes along with the next."""
    raw, some = b"", False
    while True:
        header = _exactly(origin, 2)
        size = int.from_bytes(header, "big")
        raw += header + _exactly(origin, size)
        if size:
            some = True
        elif some:
            return raw


def _from_driver(origin: socket.socket, agreed: Agreed) -> Iterator[bytes]:
    """Magic and versions; then, where the server asked for it, the version and capabilities chosen."""
    yield _exactly(origin, 20)
    agreed.wait(60)
    if agreed.by_manifest:
        yield _exactly(origin, 4) + _varint(origin)[1]


def _from_server(origin: socket.socket, agreed: Agreed) -> Iterator[bytes]:
    """The version chosen, or a list of versions and capabilities (handshake manifest 1)."""
    version = _exactly(origin, 4)
    listed = b""
    if version == _MANIFEST:
        agreed.by_manifest = True
        count, raw = _varint(origin)
        listed = raw + _exactly(origin, 4 * count) + _varint(origin)[1]
    agreed.set()
    yield version + listed
