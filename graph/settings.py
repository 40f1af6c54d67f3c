"""The one reader of the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path, user_data_path


@dataclass(frozen=True)
class Settings:
    """Where things are kept.

    Attributes
    ----------
    store : str
        Address of the store: ``VINCULO_STORE``, else ``vinculo.db`` in the user's data folder.
    data_folder, cache_folder : pathlib.Path
        The user's own folders (``VINCULO_HOME`` puts both under one folder).
    """

    store: str
    data_folder: Path
    cache_folder: Path


def load_settings() -> Settings:
    """Read the environment once.

    Examples
    --------
    >>> load_settings().store.startswith(("sqlite:///", "neo4j://", "bolt://"))
    True
    """
    home = os.environ.get("VINCULO_HOME")
    data = Path(home) if home else user_data_path("vinculo", appauthor=False)
    cache = Path(home) / "cache" if home else user_cache_path("vinculo", appauthor=False)
    store = os.environ.get("VINCULO_STORE") or f"sqlite:///{data / 'vinculo.db'}"
    return Settings(store=store, data_folder=data, cache_folder=cache)
