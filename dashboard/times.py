"""Times for a person: the day and the minute, in the place where the reader sits."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def spoken(iso: str, *, seconds: bool = False) -> str:
    """``2025-03-01 14:05`` (with seconds if wanted) in the browser's own time zone; an empty text stays empty."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    try:
        zone = ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
