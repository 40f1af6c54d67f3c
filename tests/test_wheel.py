"""The wheel holds exactly the folders on disk, and its list of packages cannot fall behind them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("analytics", "dashboard", "graph", "ingest")


def on_disk() -> set[str]:
    """Every package of the rooms, by the name it is imported under."""
    found = {"vinculo"}
    for room in ("vinculo", *ROOMS):
        for file in (ROOT / room).rglob("__init__.py"):
            parts = file.parent.relative_to(ROOT).parts
            found.add(".".join(parts if parts[0] == "vinculo" else ("vinculo", *parts)))
    return found


def test_the_list_of_packages_is_what_is_on_disk() -> None:
    """A subpackage that is not listed works in an editable install and is missing from the wheel."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    listed = settings["packages"]
    assert set(listed) == on_disk()
    assert len(listed) == len(set(listed))


def test_every_folder_with_code_is_a_package() -> None:
    """No folder of ours holds modules without an ``__init__.py``."""
    for room in ("vinculo", *ROOMS):
        for file in (ROOT / room).rglob("*.py"):
            assert (file.parent / "__init__.py").exists(), file.parent


@pytest.mark.slow
def test_the_wheel_holds_every_file(tmp_path: Path) -> None:
    """Built from a clean copy; every module, table and asset on disk is in it, and nothing else."""
    copy = tmp_path / "source"
    copy.mkdir()
    for name in ("vinculo", *ROOMS):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", str(tmp_path), str(copy)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        inside = {n for n in packed.namelist() if ".dist-info/" not in n}
    wanted = set()
    for room in ("vinculo", *ROOMS):
        for file in (copy / room).rglob("*"):
            if file.is_file() and not {"build", "__pycache__"} & set(file.parts):
                name = file.relative_to(copy).as_posix()
                wanted.add(name if room == "vinculo" else f"vinculo/{name}")
    # notes for people who read the source stay out of the wheel
    wanted = {n for n in wanted if not n.endswith(".md")}
    assert inside == wanted
