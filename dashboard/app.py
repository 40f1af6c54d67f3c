"""The list of screens, nothing else. Screens are files, so that a test can switch to them."""

from pathlib import Path

import streamlit as st

from vinculo.dashboard import frame
from vinculo.dashboard.wording import choose_language, t

HERE = Path(__file__).parent
st.set_page_config(
    page_title="Vinculo", page_icon=str(HERE / "icon.png"), layout="wide", initial_sidebar_state="collapsed"
)
choose_language()
screens = [
    st.Page(HERE / "screens" / f"{name}.py", title=t(f"page.{name}"), url_path=name, default=name == "home")
    for name in frame.SCREENS
]
chosen = st.navigation(screens, position="top")
frame.style()
frame.run(chosen)
frame.settle(chosen.url_path)
