"""Start the dashboard: ``python -m vinculo.dashboard.launch --store URL --port N [--no-browser]``.

One server that also serves vis-network out of the installed pyvis, with a Content-Security-Policy on every answer. It passes
its own settings, so that no file in the user's folder opens the server to the network or sends anything anywhere.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import re
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vinculo.dashboard.jobs import jobs
from vinculo.dashboard.linkchart import ASSETS, vis_folder
from vinculo.dashboard.uploads import LARGEST_MIB
from vinculo.graph.errors import EnvironmentProblem, VinculoError
from vinculo.graph.settings import load_settings
from vinculo.graph.stores import hide_password, open_store
from vinculo.graph.text import say

HERE = Path(__file__).parent
HOST = "127.0.0.1"
PORT = 8501

POLICY = (
    "default-src 'none'; script-src 'self' blob: {hashes}; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; "
    "frame-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)

SETTINGS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "viewer",
    "runner.magicEnabled": False,
    "logger.hideWelcomeMessage": True,
    "server.address": HOST,
    "server.allowedHosts": ["localhost", HOST],
    "server.headless": True,
    "server.showEmailPrompt": False,
    "server.fileWatcherType": "none",
    "server.enableStaticServing": False,
    "server.maxUploadSize": LARGEST_MIB,
    "theme.base": str(HERE / "theme.toml"),
}


@cache
def policy() -> str:
    """The policy, with the hash of each inline script in Streamlit's own page; they differ between releases, so they are read."""
    from streamlit import file_util

    page = (Path(file_util.get_static_dir()) / "index.html").read_text("utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    digests = (base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts)
    return POLICY.format(hashes=" ".join(f"'sha256-{d}'" for d in digests))


class SecurityHeaders:
    """Puts the policy and its companions on every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and its answer back."""
        headers = [
            (b"content-security-policy", policy().encode()),
            (b"referrer-policy", b"no-referrer"),
            (b"x-content-type-options", b"nosniff"),
        ]

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *headers]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


@asynccontextmanager
async def _lifespan(_: st.App) -> AsyncIterator[None]:
    yield
    jobs().close()


def make_app() -> st.App:
    """The application; ``VINCULO_NO_CSP`` leaves the policy out, for the tests that show the pages are inert without it."""
    return st.App(
        HERE / "app.py",
        routes=[Mount(ASSETS, StaticFiles(directory=vis_folder()))],
        middleware=[] if os.environ.get("VINCULO_NO_CSP") else [Middleware(SecurityHeaders)],
        lifespan=_lifespan,
    )


def port_is_free(port: int) -> bool:
    """Whether a server may listen there."""
    with socket.socket() as probe:
        # as the server will: a port that only waits for old packets is free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _open_when_up(port: int, address: str) -> None:
    for _ in range(300):
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
            continue
        webbrowser.open(address)
        return


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server until it is stopped; returns the exit code."""
    parser = argparse.ArgumentParser(prog="vinculo dashboard")
    parser.add_argument("--store", default=load_settings().store)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--no-browser", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        if not port_is_free(asked.port):
            raise EnvironmentProblem("port_taken", port=asked.port)
        open_store(asked.store).close()
    except VinculoError as problem:
        print(problem.message(), problem.hint(), file=sys.stderr)
        return problem.exit_code
    os.environ["VINCULO_STORE"] = asked.store
    address = f"http://{HOST}:{asked.port}"
    print(say("dashboard.serving", None, address=address, store=hide_password(asked.store)), flush=True)
    if not asked.no_browser:
        threading.Thread(target=_open_when_up, args=(asked.port, address), daemon=True).start()
    make_app().run(config={**SETTINGS, "server.port": asked.port})
    return 0


if __name__ == "__main__":
    sys.exit(main())
