"""The program notices that a package of its names is not its own; and what an audit did not see."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.start import NAMES, OURS, TO_MEND
from tests.audit import told

ROOT = Path(__file__).parent.parent
BEGIN = "from bot.start import main; main()"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The four packages in a folder of packages, as a wheel puts them."""
    for name in NAMES:
        shutil.copytree(ROOT / name, tmp_path / "site" / name,
                        ignore=shutil.ignore_patterns("fonts", "__pycache__"))  # fmt: skip
    return tmp_path / "site"


def begins(*folders: Path) -> subprocess.CompletedProcess[str]:
    path = f"import sys; sys.path[:0] = {[str(folder) for folder in folders]!r}; "
    return subprocess.run(
        [sys.executable, "-P", "-c", f"{path}sys.argv = ['opschaalgids', 'draw']; {BEGIN}"],
        capture_output=True, check=False, text=True, cwd=folders[-1],
    )  # fmt: skip


def refused(found: subprocess.CompletedProcess[str], name: str) -> None:
    assert (found.returncode, found.stdout) == (TO_MEND, ""), found.stderr
    assert found.stderr.startswith(f"opschaalgids: the package {name} in ")
    assert found.stderr.count("\n") == 1


def test_with_its_own_packages_it_runs(site: Path) -> None:
    found = begins(site)
    assert (found.returncode, found.stderr) == (0, "")
    assert "stateDiagram" in found.stdout


@pytest.mark.parametrize("name", NAMES)
def test_another_package_wrote_over_one_of_ours(site: Path, name: str) -> None:
    """What an installer does with two packages of one name."""
    (site / name / "__init__.py").write_text("VERSION = 1\n", encoding="utf-8")
    refused(begins(site), name)


@pytest.mark.parametrize("name", NAMES[1:])
def test_another_package_stands_before_ours(site: Path, tmp_path: Path, name: str) -> None:
    other = tmp_path / "other" / name
    other.mkdir(parents=True)
    (other / "__init__.py").write_text(f"{OURS}\nraise SystemExit('it ran')\n", encoding="utf-8")
    refused(begins(other.parent, site), name)


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_package_that_is_gone(site: Path, name: str) -> None:
    shutil.rmtree(site / name)
    (site / name).mkdir()
    refused(begins(site), name)


def test_the_command_begins_there() -> None:
    assert 'opschaalgids = "bot.start:main"' in (ROOT / "pyproject.toml").read_text("utf-8")
    for name in NAMES:
        assert (ROOT / name / "__init__.py").read_text("utf-8") == f"{OURS}\n"


# ---------------------------------------------------------------- make audit

LOCKED = "attrs==26.1 \\\n    --hash=sha256:00\nJinja2==3.1 \\\n    --hash=sha256:11\nyarl==1.2\n"
SKIPPED = {"name": "yarl", "skip_reason": "Dependency not found"}


def report(*found: object) -> str:
    return json.dumps({"dependencies": found, "fixes": []})


@pytest.mark.parametrize(
    ("made", "says", "code"),
    [
        ("", ["0 of 3 packages were audited", "3 were not audited (attrs, jinja2, yarl)"], 0),
        (report(SKIPPED), ["0 of 3", "3 were not audited"], 0),
        (report({"name": "jinja2", "version": "3.1", "vulns": []}, SKIPPED),
         ["1 of 3 packages were audited, 0 with", "2 were not audited (attrs, yarl)"], 0),
        (report({"name": "attrs", "version": "26.1", "vulns": [{"id": "PYSEC-1"}]}, SKIPPED),
         ["1 of 3 packages were audited, 1 with", "  attrs: PYSEC-1", "2 were not"], 1),
    ],
)  # fmt: skip
def test_an_audit_says_how_much_it_saw(made: str, says: list[str], code: int) -> None:
    said, found = told(made, LOCKED)
    assert found == code
    assert not [line for line in says if line not in said]


def test_every_package_of_the_lock_is_counted() -> None:
    locked = (ROOT / "requirements.txt").read_text("utf-8")
    names = [line.partition("==")[0] for line in locked.splitlines() if "==" in line[:60]]
    assert f"0 of {len(names)} packages" in told("", locked)[0]


# ---------------------------------------------------------------- make chat

PYTHON = """#!/bin/sh
[ "$1 $2" = "-m venv" ] || exit 0
mkdir -p "$3/bin"
for name in python pip opschaalgids; do cp /bin/true "$3/bin/$name"; done
"""
"""Makes an installation in which every program does nothing, at once."""


def test_make_chat_says_that_it_installs_the_first_time(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / "python3"
    python.write_text(PYTHON)
    python.chmod(0o700)
    first, later = (
        subprocess.run(
            ["make", "-s", "chat", f"PYTHON={python}"],
            capture_output=True, check=True, text=True, cwd=tmp_path,
        )
        for _ in range(2)
    )  # fmt: skip
    assert (first.stderr.count("\n"), later.stderr) == (1, "")
    assert first.stderr.startswith("opschaalgids installs itself in .venv")
    assert first.stdout == later.stdout == ""
