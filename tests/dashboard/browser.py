"""A dashboard of its own and a browser that watches it; for the browser tests and the pictures."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = os.environ.get("VINCULO_CHROMIUM", "/usr/bin/chromium")
#: No traffic of the browser's own, and no name that resolves but ours.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
]
SIZE = {"width": 1400, "height": 900}
#: Where the renderer itself has the nodes; getPositions() would round.
PLACES = "Object.fromEntries(__lc.net.body.nodeIndices.map(k=>[k,[__lc.net.body.nodes[k].x,__lc.net.body.nodes[k].y]]))"
REVISION = "__lc.state.revision"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(url: str, home: Path, **environment: str) -> Iterator[str]:
    """A dashboard on a store; gives its address."""
    port = free_port()
    environ = {**os.environ, "VINCULO_HOME": str(home), "VINCULO_LANGUAGE": "en", **environment}
    command = [sys.executable, "-m", "vinculo.dashboard.launch", "--store", url, "--port", str(port), "--no-browser"]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            if process.poll() is not None:
                raise RuntimeError(f"the dashboard ended with {process.returncode}")
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def chromium() -> Iterator[Any]:
    """A fresh headless Chromium, closed at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield made
        made.close()


def context(browser: Any, **options: Any) -> Any:
    """A fresh profile whose pages tell the tests when they have drawn."""
    made = browser.new_context(viewport=SIZE, **options)
    made.add_init_script("window.__lcdebug=true")
    return made


def wait(page: Any, expression: str, timeout_s: float = 20.0) -> None:
    """Wait until an expression holds; ``wait_for_function`` is refused by a policy without ``unsafe-eval``."""
    until = time.monotonic() + timeout_s
    script = f"(()=>{{try{{return !!({expression})}}catch(e){{return false}}}})()"
    while time.monotonic() < until:
        if page.evaluate(script):
            return
        time.sleep(0.004)
    raise TimeoutError(expression)


def drawn(page: Any, more_than: int = -1, timeout_s: float = 20.0) -> None:
    """Wait until a revision later than this one has been drawn."""
    wait(page, f"{REVISION}>{more_than} && __lc.drawn[{REVISION}]", timeout_s)


def idle(page: Any, timeout_s: float = 20.0) -> None:
    """Wait until Streamlit has nothing left to run."""
    page.wait_for_timeout(150)
    wait(page, "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState==='notRunning'", timeout_s)


def on_screen(page: Any, node: str) -> tuple[float, float]:
    """Where a node stands on the screen, after bringing it to the middle."""
    page.evaluate(
        "i=>__lc.net.moveTo({position:{x:__lc.net.body.nodes[i].x,y:__lc.net.body.nodes[i].y},scale:1})", node
    )
    page.wait_for_timeout(120)
    script = """i=>{const r=__lc.state.host.getBoundingClientRect();
      const q=__lc.net.canvasToDOM(__lc.net.body.nodes[i]);return [r.left+q.x,r.top+q.y]}"""
    x, y = page.evaluate(script, node)
    return float(x), float(y)


def double_click(page: Any, node: str) -> tuple[float, float, int]:
    """Double-click a node: ms until drawn, the largest move of a node that was there, and how many are new."""
    x, y = on_screen(page, node)
    before = page.evaluate(PLACES)
    revision = page.evaluate(REVISION)
    page.mouse.dblclick(x, y)
    drawn(page, revision)
    taken = page.evaluate(f"__lc.drawn[{REVISION}]-__lc.asked")
    after = page.evaluate(PLACES)
    moved = max(
        (((after[i][0] - a) ** 2 + (after[i][1] - b) ** 2) ** 0.5 for i, (a, b) in before.items() if i in after),
        default=0.0,
    )
    return float(taken), float(moved), len(after) - len(before)
