"""A proxy before PostgreSQL that cuts connections around the COMMIT of a run that is handed in."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

#: Where a connection can be cut: the COMMIT never leaves, leaves in part, leaves but nobody waits for what comes of it,
#: or is answered and the answer is lost.
WAYS = ("before", "half", "in", "after")
_ENCRYPT = (80877103, 80877104)  # requests for TLS and GSS: answered with "no" by the server, and asked before all else


class Proxy:
    """Listens on a port of this machine and passes everything on, but for what ``cut`` says.

    ``cut``: asked at each COMMIT of a run; returns one of WAYS, or "" to let it pass. ``done`` counts the cuts by way.
    """

    def __init__(self, url: str, cut: Callable[[], str] = lambda: "") -> None:
        self.target, self.cut = _socket_of(url), cut
        self.done = dict.fromkeys(WAYS, 0)
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.away = False
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, given: str) -> str:
        """Return a URL of the same database and user that goes through here."""
        parts = urlsplit(given)
        return f"postgresql://{parts.username}@127.0.0.1:{self.port}{parts.path}"

    def leave(self) -> None:
        """Cut everything, and hang up on whoever calls from now on."""
        self.away = True
        self._hang_up()

    def come_back(self) -> None:
        """Answer again."""
        self.away = False

    def close(self) -> None:
        """End."""
        self._listener.close()
        self._hang_up()

    def _hang_up(self) -> None:
        for each in self._open:
            _close(each)
        self._open.clear()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.away:
                _close(client)
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.target)
            self._open += [client, server]
            link = _Link(self, client, server)
            threading.Thread(target=link.up, daemon=True).start()
            threading.Thread(target=link.down, daemon=True).start()


class _Link:
    """One connection. ``up`` reads what the client sends, message by message; ``down`` passes answers on."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy, self.client, self.server = proxy, client, server
        self.deaf = False  # the answer to the COMMIT is lost

    def up(self) -> None:
        buffer, begun, adding = b"", False, False
        with suppress(OSError):
            while data := self.client.recv(65536):
                buffer += data
                while (size := _size(buffer, begun)) and len(buffer) >= size:
                    message, buffer = buffer[:size], buffer[size:]
                    if not begun:
                        begun = struct.unpack("!I", message[4:8])[0] not in _ENCRYPT
                    elif message[:1] in b"PQ" and b"INSERT INTO runs" in message:
                        adding = True
                    elif adding and message[:1] in b"PQ" and b"COMMIT" in message:
                        adding = False
                        if self._cuts(message):
                            return
                    self.server.sendall(message)
        self._end()

    def _cuts(self, commit: bytes) -> bool:
        """Cut here, if somebody wants that; return whether the connection is gone."""
        way = self.proxy.cut()
        if not way:
            return False
        self.proxy.done[way] += 1
        with suppress(OSError):
            if way == "half":
                self.server.sendall(commit[: len(commit) // 2])
            elif way == "in":
                self.server.sendall(commit)
            elif way == "after":
                self.deaf = True
                self.server.sendall(commit)
                return True  # ``down`` waits for the answer, and ends it
        self._end()
        return True

    def down(self) -> None:
        with suppress(OSError):
            while data := self.server.recv(65536):
                if self.deaf:
                    break
                self.client.sendall(data)
        self._end()

    def _end(self) -> None:
        _close(self.client)
        _close(self.server)


def _size(buffer: bytes, begun: bool) -> int:
    """Return how long the first message is, 0 while that is not known."""
    if begun:
        return 1 + struct.unpack("!I", buffer[1:5])[0] if len(buffer) >= 5 else 0
    return int(struct.unpack("!I", buffer[:4])[0]) if len(buffer) >= 8 else 0


def _close(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()


def _socket_of(url: str) -> str:
    """Return the path of the server's socket."""
    folder = parse_qs(urlsplit(url).query)["host"][0]
    return str(next(Path(folder).glob(".s.PGSQL.*[0-9]")))
