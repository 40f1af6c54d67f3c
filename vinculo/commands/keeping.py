"""Names under which results are kept in the case."""

from __future__ import annotations

from vinculo.graph.errors import UsageError
from vinculo.graph.store import Store


def check_free(store: Store, collection: str, name: str, replace: bool) -> None:
    """Refuse a name under which something is kept already, unless it is to be replaced."""
    if not replace and name in store.documents(collection):
        raise UsageError("name_taken", name=name)
