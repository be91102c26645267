"""The arrows: pages -> ui -> core, no circles; data pages without torch, core without streamlit.

`lint-imports` (.importlinter) keeps the rooms of core apart; what it cannot see is tested here.
"""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

from core.paths import ROOT

FORBIDDEN = {
    "core": {"ui", "pages", "streamlit"},
    "ui": {"pages", "dashboard", "torch", "torchvision"},
    "pages": {"pages", "torch", "torchvision"},
}


def _imported(path: Path) -> set[str]:
    """Top-level packages imported anywhere in a file, but for type checking."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("floor", FORBIDDEN)
def test_imports_run_downwards(floor):
    files = sorted((ROOT / floor).rglob("*.py"))
    assert files
    for path in files:
        assert not _imported(path) & FORBIDDEN[floor], path


def _modules(floor: str) -> dict[str, Path]:
    """Dotted name -> file of every module of a floor."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (ROOT / floor).rglob("*.py")
    }


def _arrows(path: Path, modules: dict[str, Path]) -> set[str]:
    """Modules that a file imports, wherever in it the import stands."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name for name in names if name in modules and modules[name].name != "__init__.py"}


@pytest.mark.parametrize("floor", ["core", "ui"])
def test_no_module_imports_itself_by_a_detour(floor):
    modules = _modules(floor)
    graph = {name: _arrows(path, modules) for name, path in modules.items()}
    tuple(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, naming the circle


def test_rooms_say_what_they_are_for_and_nothing_else():
    rooms = [path for path in (ROOT / "core").glob("*/__init__.py")]
    assert len(rooms) >= 12
    for path in rooms:
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert len(body) == 1, path
        assert ast.get_docstring(ast.Module(body, [])), path


def _python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_core_works_where_streamlit_is_not_installed():
    modules = [name for name in _modules("core") if not name.endswith("__main__")]
    _python(f"import sys; sys.modules['streamlit'] = None; import {', '.join(modules)}")


@pytest.mark.parametrize(
    "page",
    [
        "dashboard.py",
        "pages/dataset.py",
        "pages/compare.py",
        "pages/localisation.py",
        "pages/related_work.py",
        "pages/about.py",
    ],
)
def test_data_pages_open_without_torch(page):
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("dashboard.py", default_timeout=120).run()
if {page!r} != "dashboard.py":
    app = app.switch_page({page!r}).run()
assert not app.exception, app.exception
print("torch" in sys.modules)
"""
    assert _python(code).strip().endswith("False")


def test_pages_are_thin():
    for path in (ROOT / "pages").glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) < 150, path
