"""No run-time dependency and no vendored asset whose licence would bind those who use Luoshi."""

import json
import re
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, ROOT, VENDORED, tracked

ALLOWED = (
    r"MIT(-0|-CMU)?( Licen[sc]e)?",
    r"(Modified )?BSD([- ][23][- ]Clause)?( Licen[sc]e)?",
    r"0BSD|Zlib|ISC( License)?.*|CC0-1\.0|Unlicense|HPND",
    r"Apache( Software)?([- ]2\.0| License)?.*",
    r"PSF(L|-2\.0)?|Python Software Foundation License",
    r"ZPL 2\.1|Zope Public License",
    r"(Mozilla Public License 2\.0 \()?MPL[ -]2\.0\)?",
    # Weak: used as libraries, unchanged and replaceable.
    r"LGPL(-2\.1-only|-3\.0-only|-2\.1-or-later)?|GNU Lesser General Public License v2 or later \(LGPLv2\+\)?",
)
# Packages whose metadata name no licence that a program can read, or several at once; each was read by a person.
READ_BY_A_PERSON = {
    "fido2": "BSD-2-Clause; contains the public suffix list under MPL-2.0",
    "qrcode": "BSD-3-Clause; “QR Code” is a trade mark, hence the second classifier",
}
FORBIDDEN = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)


def locked() -> list[str]:
    text = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    return re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)


def licences(found: Distribution) -> list[str]:
    """What a package says of itself: the expression if it has one, else its classifiers, else the free text."""
    metadata = found.metadata
    expressions = metadata.get_all("License-Expression")
    if expressions:
        return [stripped(part) for part in re.split(r"\bAND\b", expressions[0])]
    classifiers = [
        line.split(" :: ")[-1] for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")
    ]
    free = (metadata.get_all("License") or [""])[0].strip()
    return classifiers or [free]


def stripped(text: str) -> str:
    """Without brackets that only group: not those of “(MPL 2.0)”."""
    text = text.strip()
    return text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text


def allowed(licence: str) -> bool:
    choices = [stripped(choice) for choice in re.split(r"\bOR\b", licence)]
    return any(re.fullmatch(pattern, choice) for pattern in ALLOWED for choice in choices)


@pytest.mark.parametrize("package", locked())
def test_every_run_time_dependency_has_a_permissive_or_weak_licence(package):
    if package in READ_BY_A_PERSON:
        return
    said = licences(distribution(package))
    assert said, package
    assert all(allowed(licence) for licence in said), f"{package}: {said}"


def test_no_run_time_dependency_names_the_gpl():
    said = {package: licences(distribution(package)) for package in locked()}
    assert not {package: texts for package, texts in said.items() if any(FORBIDDEN.search(text) for text in texts)}


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "AGPL-3.0", "GNU General Public License v3 (GPLv3)", "Proprietary", ""]
)
def test_what_binds_its_users_is_not_allowed(licence):
    assert not allowed(licence)


def vendored() -> list[Path]:
    """The folders of vendored assets, one for each project of others."""
    return sorted(
        {path.parent for path in tracked() if path.is_relative_to(PACKAGE) and path.parent.parent.name == VENDORED}
    )


@pytest.mark.parametrize("folder", vendored(), ids=lambda folder: folder.name)
def test_vendored_assets_lie_beside_their_licence_and_are_named_with_version_and_licence(folder):
    assert list(folder.glob("LICENSE*"))
    manifest = json.loads((folder.parent / "manifest.json").read_text(encoding="utf-8"))
    (asset,) = (asset for asset in manifest if asset["name"] == folder.name)
    assert asset["version"]
    assert all(allowed(part.strip()) for part in asset["licence"].split(" AND "))
