"""A campaign is data: what a screen says of roles and offices holds under every pack; names of one campaign stand in its pack."""

import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, name, rooms

OF_ONE_CAMPAIGN = re.compile(r"主题教育|theme education|安全生产大检查|work safety inspection", re.IGNORECASE)
# The demo is one campaign; texts that the text check reads are of all kinds.
PACKS, READ = ROOT / "luoshi" / "packs" / "library", ROOT / "luoshi" / "reports" / "textcheck"


def screens() -> list[Path]:
    """What users read: catalogues and templates of every room but the demo."""
    found = [path for room in rooms() if room.name != "demo" for path in room.rglob("*.*")]
    told = [path for path in found if path.suffix in (".po", ".html") and READ not in path.parents]
    return sorted(path for path in told if "tests" not in path.parts)


@pytest.mark.parametrize("path", screens(), ids=name)
def test_no_screen_names_a_campaign(path):
    named = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if OF_ONE_CAMPAIGN.search(line)]
    assert named == []


def test_the_packs_do():
    assert all(OF_ONE_CAMPAIGN.search(path.read_text(encoding="utf-8")) for path in PACKS.glob("*.yaml"))
