"""The pages without a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.checkpoints import store
from core.paths import ROOT


@pytest.fixture
def opened() -> Callable[..., AppTest]:
    """Open a page from the home page; fails on any exception."""

    def open_page(page: str | None = None) -> AppTest:
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120).run()
        if page is not None:
            app = app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
        return app

    return open_page


@pytest.fixture
def no_checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a clone whose checkpoints were deleted."""
    monkeypatch.setattr(store, "CHECKPOINTS", tmp_path)
    st.cache_data.clear()
