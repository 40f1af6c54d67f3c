"""The launcher: one sentence where the port is taken, a policy that knows Streamlit's own script, files of pyvis."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import streamlit

from vinculo.dashboard import launch
from vinculo.dashboard.linkchart import vis_folder


def test_a_taken_port_is_one_sentence_and_exit_code_5(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind((launch.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        code = launch.main(["--store", f"sqlite:///{tmp_path}/x.db", "--port", str(port), "--no-browser"])
    said = capsys.readouterr()
    assert code == 5 and str(port) in said.err and "Traceback" not in said.err and said.out == ""
    assert not (tmp_path / "x.db").exists()


def test_a_store_that_cannot_be_opened_is_said_before_anything_is_served(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all, but long enough to look like one" * 20)
    command = [
        sys.executable,
        "-m",
        "vinculo.dashboard.launch",
        "--store",
        f"sqlite:///{broken}",
        "--port",
        "1",
        "--no-browser",
    ]
    # port 1 may not be ours either; both are one sentence and a code of ours
    made = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert made.returncode in (4, 5) and "Traceback" not in made.stderr and made.stderr.strip()


def test_the_policy_forbids_everything_but_the_server_itself() -> None:
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    inline = re.findall(r"<script>(.*?)</script>", page, re.S)
    made = launch.policy()
    assert made.startswith("default-src 'none'; ") and made.count("'sha256-") == len(inline)
    assert "http" not in made and "unsafe-eval" not in made and "script-src 'self' blob: 'sha256-" in made


def test_pyvis_is_found_without_importing_it() -> None:
    code = "import sys; from vinculo.dashboard.linkchart import vis_folder; vis_folder(); assert 'pyvis' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    assert (vis_folder() / "vis-network.min.js").is_file()


def test_our_settings_are_settings_of_streamlit() -> None:
    from streamlit import config

    known = config.get_config_options()
    assert [name for name in launch.SETTINGS if name not in known and name != "server.allowedHosts"] == []
    assert launch.SETTINGS["server.address"] == "127.0.0.1" and launch.SETTINGS["browser.gatherUsageStats"] is False
