"""Shared by every test: no test touches the user's own data folder, and one language is spoken unless asked for."""

from __future__ import annotations

import os
import pkgutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# a kernel's first call compiles it, and the machine may be busy: time is no property of a result
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

#: What the default run leaves out: browsers, servers and clocks want the machine for themselves.
_ALONE = ("browser", "neo4j", "fault", "slow", "oracle")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """The default run takes every core, file by file; the others go alone."""
    return None if all(f"not {mark}" in config.option.markexpr for mark in _ALONE) else 0


def pytest_sessionstart(session: pytest.Session) -> None:
    """Workers share the compiling of kernels in a fresh checkout, all of which each of them would do else."""
    worker = getattr(session.config, "workerinput", None)
    if worker is not None:
        from vinculo.analytics import kernels
        from vinculo.analytics.kernels.compiled import warm

        names = [module.name for module in pkgutil.iter_modules(kernels.__path__)]
        warm(only=names[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]])


ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own; English; no store from the environment."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("VINCULO_HOME", str(home))
    monkeypatch.setenv("VINCULO_LANGUAGE", "en")
    for name in ("VINCULO_STORE", "VINCULO_PROGRESS", "VINCULO_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return home


#: In CI a test that could not run is a failure, unless what it lacks is not part of the project.
MAY_LACK = ("VINCULO_SHARED_DATA",)
_skipped: list[str] = []


def in_ci() -> bool:
    """Whether this is the run that decides."""
    return os.environ.get("CI", "").lower() in ("true", "1")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped, and why."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not any(name in reason for name in MAY_LACK):
            _skipped.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in CI that left something out."""
    if in_ci() and _skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what it left out."""
    if in_ci() and _skipped:
        terminalreporter.section("skipped, which fails in CI")
        for line in _skipped:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real files the tests read; they are not part of the repository."""
    folder = Path(os.environ.get("VINCULO_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the real files are not here: set VINCULO_SHARED_DATA (looked in {folder})")
    return folder
