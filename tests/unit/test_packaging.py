"""What pyproject.toml, the requirements files and the commands in README say of each other."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import core

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[\w.]+)(?P<reason>\s+# \S.*)?")
OWN = {"core", "ui", "pages", "benchmarks", "tests", "tools"}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins(file: str) -> dict[str, re.Match[str]]:
    """Name -> its line, but for comments and -r."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith(("#", "-r "))]
    pins = [PIN.fullmatch(line) for line in lines]
    assert all(pins), [line for line, pin in zip(lines, pins, strict=True) if not pin]
    by_name = {_normal(pin["name"]): pin for pin in pins if pin}
    assert len(by_name) == len(lines)  # nothing is pinned twice
    return by_name


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_pyproject_and_requirements_name_the_same_packages(project):
    assert sorted(map(_normal, project["dependencies"])) == sorted(_pins("requirements.txt"))


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_pinned_package_says_why(file):
    assert [name for name, pin in _pins(file).items() if not pin["reason"]] == []


@pytest.mark.parametrize(
    ("folders", "files"),
    [
        (("core", "ui", "pages", "benchmarks", "dashboard.py"), ("requirements.txt",)),
        (("tests", "tools"), ("requirements.txt", "requirements-dev.txt")),
    ],
)
def test_what_is_imported_is_pinned(folders, files):
    pinned = set().union(*map(_pins, files))
    distributions = packages_distributions()
    for folder in folders:
        path = ROOT / folder
        for file in [path] if path.is_file() else path.rglob("*.py"):
            foreign = _imported(file) - OWN - sys.stdlib_module_names
            names = {
                _normal(name) for module in foreign for name in distributions.get(module, [module])
            }
            assert names <= pinned, file


def _imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_ci_runs_the_test_command_of_readme():
    command = "pip install -r requirements-dev.txt && pytest"
    for file in ("README.md", "CONTRIBUTING.md", ".ci/run"):
        assert command in (ROOT / file).read_text(encoding="utf-8"), file


def test_make_lint_runs_the_linters_of_ci():
    lines = {
        file: [line.strip() for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
        for file in ("Makefile", ".ci/run")
    }
    linters = lines[".ci/run"][lines[".ci/run"].index("ruff check .") :]
    assert "lint-imports" in linters
    assert set(linters) <= set(lines["Makefile"])


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The parts of the repository that an installation needs, so that nothing is written here."""
    clone = tmp_path_factory.mktemp("clone")
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, clone)
    without = shutil.ignore_patterns("*.safetensors", "*.parquet", "*.gz", "*.npz", "__pycache__")
    for name in ("core", "ui", "tools"):
        shutil.copytree(ROOT / name, clone / name, ignore=without)
    return clone


def _python(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def test_installs_in_place_under_the_version_of_core(clone, tmp_path):
    options = ["-q", "--no-index", "--no-deps", "--no-build-isolation", "--ignore-installed"]
    where = ["--prefix", tmp_path / "env", "-e", "."]
    done = _python("-m", "pip", "install", *options, *where, cwd=clone)
    assert done.returncode == 0, done.stderr
    (site,) = (tmp_path / "env").rglob("site-packages")
    code = f"""
import site
site.addsitedir({str(site)!r})
from importlib.metadata import version
import core, ui
print(version("heailth"), core.__file__, ui.__file__, sep="\\n")
"""
    found = _python("-S", "-c", code, cwd=tmp_path)  # -S: not what is installed already
    files = [str(clone / name / "__init__.py") for name in ("core", "ui")]
    assert found.stdout.splitlines() == [core.VERSION, *files], found.stderr


@pytest.mark.parametrize("kind", ["--sdist", "--wheel"])
def test_is_not_built_as_a_package_and_says_why(clone, kind):
    done = _python("-m", "build", "--no-isolation", kind, cwd=clone)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "HeAilth reads its films, checkpoints and pages from a clone" in said
    assert "Traceback" not in said
    assert not [*clone.rglob("*.whl"), *clone.rglob("*.tar.gz")]


def test_the_citation_is_of_this_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.+)$", citation, re.MULTILINE) == [core.VERSION]
