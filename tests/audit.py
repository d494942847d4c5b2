"""What `make audit` found, in numbers: how many packages were audited, and how many were not."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

NAMED = 5
"""Packages that a line names; the report has them all."""

LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


def told(report: str, locked: str) -> tuple[str, int]:
    """(what to print, the exit code). `report`: pip-audit's JSON, empty where it made none."""
    names = [name.lower() for name in LOCKED.findall(locked)]
    found = {str(one["name"]).lower(): one for one in _dependencies(report)}
    audited = [name for name in names if name in found and "skip_reason" not in found[name]]
    bad = [name for name in audited if found[name]["vulns"]]
    lines = [f"{len(audited)} of {len(names)} packages were audited, {len(bad)} with a known flaw"]
    lines += [f"  {name}: {_ids(found[name])}" for name in bad]
    left = [name for name in names if name not in audited]
    if left:
        some = ", ".join(left[:NAMED]) + (" ..." if left[NAMED:] else "")
        lines.append(f"{len(left)} were not audited ({some}): the list cannot be asked from here")
    return "\n".join(lines) + "\n", 1 if bad else 0


def _dependencies(report: str) -> list[dict[str, Any]]:
    try:
        tree = json.loads(report)
    except ValueError:
        return []
    return list(tree["dependencies"])


def _ids(found: dict[str, Any]) -> str:
    return ", ".join(str(one["id"]) for one in found["vulns"])


if __name__ == "__main__":
    made, lock = (Path(name) for name in sys.argv[1:])
    said, code = told(made.read_text("utf-8") if made.exists() else "", lock.read_text("utf-8"))
    sys.stdout.write(said)
    sys.exit(code)
