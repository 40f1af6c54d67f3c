"""A real Neo4j Community server for tests, run from its published Java artifacts; no Docker.

As a program: ``python tests/neo4j/neo4j_server.py FOLDER`` starts one, prints its address (``neo4j://user:password@host:port``)
and its process id, and leaves it running; ``kill PID`` stops it. Tests use the server that ``VINCULO_TEST_NEO4J`` names.
"""

from __future__ import annotations

import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from neo4j import GraphDatabase
from platformdirs import user_cache_path

HERE = Path(__file__).parent
#: What to say where no server can be had.
HOW = (
    "the Neo4j tests need a server: run `docker compose up -d neo4j` and set "
    "VINCULO_TEST_NEO4J=neo4j://neo4j:PASSWORD@127.0.0.1:7687, or install Java 17 and Maven"
)
START_S = 120
OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")


@dataclass
class Server:
    """A running server; ``url`` is its address as a store."""

    url: str
    port: int
    process: subprocess.Popen[bytes]
    home: Path

    def stop(self) -> None:
        """End it and wait for it."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        """Start it again, with its data, at its address; it is there when this returns."""
        self.process = _launched(self.home)


def version() -> str:
    """The release that ``pom.xml`` names."""
    found = re.search(r"<neo4j\.version>(.+?)</neo4j\.version>", (HERE / "pom.xml").read_text(encoding="utf-8"))
    assert found is not None
    return found.group(1)


def can_start() -> bool:
    """Whether Java is here, and the server's files or Maven to fetch them."""
    return shutil.which("java") is not None and (_jars().is_dir() or shutil.which("mvn") is not None)


def _jars() -> Path:
    return user_cache_path("vinculo", appauthor=False) / f"neo4j-{version()}"


def _fetched() -> Path:
    jars = _jars()
    if not jars.is_dir():
        part = jars.with_name(f"{jars.name}.{secrets.token_hex(4)}.part")
        command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
        subprocess.run([*command, "-DincludeScope=runtime", f"-DoutputDirectory={part}"], check=True, stdout=sys.stderr)
        try:
            part.rename(jars)
        except OSError:
            # another process was faster
            shutil.rmtree(part)
    return jars


def _entry_point(jars: Path) -> str:
    """The class to start; the server's jar names it, for it moved between releases."""
    with zipfile.ZipFile(jars / f"neo4j-{version()}.jar") as jar:
        return jar.read("META-INF/services/org.neo4j.server.startup.EntryPoint").decode().split()[0]


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path) -> Server:
    """Start a server with its files in ``folder``, on a free port of the loopback, and change its first password."""
    home = folder.absolute()
    for name in ("conf", "data", "logs", "plugins", "import", "run"):
        (home / name).mkdir(parents=True, exist_ok=True)
    port = free_port()
    (home / "conf" / "neo4j.conf").write_text(
        "server.default_listen_address=127.0.0.1\n"
        f"server.bolt.listen_address=127.0.0.1:{port}\n"
        f"server.bolt.advertised_address=127.0.0.1:{port}\n"
        "server.http.enabled=false\nserver.https.enabled=false\n"
        "dbms.usage_report.enabled=false\nserver.memory.pagecache.size=256m\n",
        encoding="utf-8",
    )
    process = _launched(home)
    password = secrets.token_hex(8)
    with GraphDatabase.driver(f"bolt://127.0.0.1:{port}", auth=("neo4j", "neo4j")) as driver:
        driver.execute_query(
            "ALTER CURRENT USER SET PASSWORD FROM $old TO $new", old="neo4j", new=password, database_="system"
        )
    return Server(f"neo4j://neo4j:{password}@127.0.0.1:{port}", port, process, home)


def _launched(home: Path) -> subprocess.Popen[bytes]:
    """Start the server whose files are there and wait until it answers."""
    jars = _fetched()
    log = home / "logs" / "neo4j.log"
    log.write_text("", encoding="utf-8")
    with (home / "logs" / "console.log").open("wb") as console:
        process = subprocess.Popen(
            [
                *("java", "-Xms256m", "-Xmx2g"),
                *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED),
                *("-cp", str(jars / "*"), _entry_point(jars)),
                *(f"--home-dir={home}", f"--config-dir={home / 'conf'}"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
        )
    for _ in range(START_S * 5):
        if "Started." in log.read_text(encoding="utf-8", errors="replace"):
            break
        if process.poll() is not None:
            raise RuntimeError(f"Neo4j ended at once:\n{(home / 'logs' / 'console.log').read_text(errors='replace')}")
        time.sleep(0.2)
    else:
        process.kill()
        raise RuntimeError(f"Neo4j did not start within {START_S} s:\n{log.read_text(errors='replace')}")
    return process


if __name__ == "__main__":
    started = start(Path(sys.argv[1]))
    print(started.url, started.process.pid)
