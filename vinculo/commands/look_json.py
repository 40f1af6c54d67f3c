"""Links, values and suggestions as ``--json`` prints them."""

from __future__ import annotations

from typing import Any

from vinculo.graph.types import Fact, Link, Suggestion


def properties_json(properties: dict[str, tuple[Fact, ...]]) -> dict[str, Any]:
    """Every value with the files that assert it."""
    return {
        name: [{"value": f.value, "sources": [p.as_json() for p in f.sources]} for f in facts]
        for name, facts in properties.items()
    }


def link_json(link: Link) -> dict[str, Any]:
    """A link as ``show`` and ``path`` print it."""
    return {
        "id": link.id,
        "kind": link.kind,
        "source": link.source,
        "target": link.target,
        "properties": properties_json(link.properties),
        "sources": [p.as_json() for p in link.sources],
    }


def suggestion_json(suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion as ``show`` and ``suggestions`` print it."""
    return {
        "left": suggestion.left,
        "right": suggestion.right,
        "score": suggestion.score,
        "why": suggestion.why._asdict(),
        "judgement": suggestion.judgement,
    }
