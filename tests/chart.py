"""Renders the chart with Helm itself, without a cluster, and holds it against Kubernetes' schemas.

A program of its own: Helm is a library in Go, which no worker that forks should hold.
`make .venv/.helm` gets it and the schemas.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
CHART = ROOT / "deploy/chart"
TOOLS = ROOT / ".venv/helm"
TO_GET = "Helm and the schemas of Kubernetes are not here: run make .venv/.helm"
NEEDED = "HELM"
"""Set where they have to be there, as in .ci/run: who skips then, fails."""
VERSIONS = ("1.27", "1.37")
"""The oldest Kubernetes that the chart is for, and the newest that there are schemas of."""
OTHERS = {"ServiceMonitor", "Cluster", "ScheduledBackup", "ObjectStore"}
"""What operators add to a cluster, of which Kubernetes has no schema."""


def rendered(cases: dict[str, dict[str, Any]], more: dict[str, str]) -> dict[str, Any]:
    """By case what Helm makes of those values, or why not; `more`: other files to hold as well.

    Each thing that is made has a list of what is wrong with it: `{"made": [(thing, wrong)]}`.
    """
    if not (TOOLS / "helm_python").exists():
        (pytest.fail if os.environ.get(NEEDED) else pytest.skip)(TO_GET)  # noqa: TID251 - how these tests are run
    done = subprocess.run(
        [sys.executable, "-m", "tests.chart"], cwd=ROOT, check=False, capture_output=True,
        input=json.dumps([cases, more]), text=True, timeout=120,
        env=os.environ | {"PYTHONPATH": str(TOOLS)},  # noqa: TID251 - likewise
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout))


def main() -> None:
    import helm_python as helm  # type: ignore[import-not-found]  # noqa: PLC0415 - in TOOLS alone
    from kubernetes_validate import utils  # type: ignore[import-not-found]  # noqa: PLC0415 - likewise

    utils.schema_contents = cache(utils.schema_contents)  # megabytes, else read for each thing
    cases, more = json.load(sys.stdin)
    found = {"lint": helm.lint(CHART, next(iter(cases.values())), strict=True)}
    with helm.Chart.load(CHART) as chart:
        for name, values in cases.items():
            try:
                files = chart.render(values, name="gids", namespace="gids")
            except helm.HelmError as error:
                found[name] = {"refused": str(error), "made": []}
            else:
                found[name] = {"refused": "", "made": _held("\n---\n".join(files.values()))}
    found |= {name: {"refused": "", "made": _held(text)} for name, text in more.items()}
    json.dump(found, sys.stdout)


def _held(text: str) -> list[tuple[Any, list[str]]]:
    things = filter(None, yaml.safe_load_all(text))
    return [(one, [] if one["kind"] in OTHERS else _wrong(one)) for one in things]


def _wrong(thing: dict[str, Any]) -> list[str]:
    from kubernetes_validate import utils as schemas  # noqa: PLC0415 - likewise

    found = []
    for version in VERSIONS:
        try:
            schemas.validate(thing, version, strict=True)
        except (schemas.ValidationError, schemas.SchemaNotFoundError) as error:
            found.append(f"{version}: {error.message}")
    return found


if __name__ == "__main__":
    main()
