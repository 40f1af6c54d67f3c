"""What the fault tests share: modules of their own, and the server for those that disturb one."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "neo4j")]

from neo4j_fixture import neo4j_url  # noqa: E402, F401
