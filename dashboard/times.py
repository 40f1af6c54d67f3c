"""Times for a person: the day and the minute, in the place where the reader sits."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def spoken(iso: str) -> str:
    """``2025-03-01 14:05`` in the browser's own time zone; an empty text stays empty."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    try:
        zone = ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return f"{when.astimezone(zone):%Y-%m-%d %H:%M}"
