"""The modules of this folder are found by their names, by tests and by the command beside them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
