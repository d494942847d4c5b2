"""publiccode.yml by its standard (version 0.7), and what the other public pages promise."""

from __future__ import annotations

import re
import tomllib
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from flows.model.messages import LANGUAGES
from tests.papers import ROOT

FILE: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
MANDATORY = ("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus",
             "softwareType", "description", "legal", "maintenance", "localisation")  # fmt: skip
KNOWN = {
    *MANDATORY, "applicationSuite", "landingURL", "isBasedOn", "softwareVersion", "releaseDate",
    "logo", "categories", "usedBy", "fundedBy", "roadmap", "supports", "organisation",
    "intendedAudience", "dependsOn",
}  # fmt: skip
PAGES = ("CODE_OF_CONDUCT.md", "GOVERNANCE.md")


def project() -> dict[str, Any]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])


def test_it_has_every_mandatory_key_and_none_unknown() -> None:
    assert set(MANDATORY) <= set(FILE) <= KNOWN
    assert {"localisationReady", "availableLanguages"} == set(FILE["localisation"])
    assert all(one["name"] for one in FILE["maintenance"]["contacts"])
    assert "contractors" not in FILE["maintenance"], "there are none where nobody is hired"


def test_its_values_are_of_the_lists_that_the_standard_has() -> None:
    assert FILE["developmentStatus"] in ("concept", "development", "beta", "stable", "obsolete")
    assert FILE["softwareType"] in (
        "standalone/mobile", "standalone/iot", "standalone/desktop", "standalone/web",
        "standalone/backend", "standalone/other", "addon", "library", "configurationFiles",
    )  # fmt: skip
    assert FILE["maintenance"]["type"] in ("internal", "community")
    assert all(re.fullmatch("[A-Z]{2}", one) for one in FILE["intendedAudience"]["countries"])
    for one in FILE["supports"]:
        assert one["id"] in ("alias:gdpr", "alias:nis2") or urlsplit(one["id"]).scheme == "https"
    for key in ("url", "roadmap"):
        assert urlsplit(FILE[key]).scheme == "https"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_tells_what_it_is_in_each_language(language: str) -> None:
    """Lengths are those of the standard."""
    told = FILE["description"][language]
    assert len(told["shortDescription"]) <= 150
    assert 150 <= len(told["longDescription"]) <= 10_000
    assert 5 <= len(told["features"]) <= 20
    assert set(FILE["localisation"]["availableLanguages"]) == set(LANGUAGES)


def test_it_says_the_same_as_the_package() -> None:
    assert FILE["softwareVersion"] == project()["version"]
    assert FILE["legal"]["license"] == project()["license"]
    python, postgres = FILE["dependsOn"]["open"]
    assert project()["requires-python"] == f">={python['versionMin']}"
    assert postgres["optional"] is True


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_public_page_leads_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / link).exists(), link
