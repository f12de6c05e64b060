from pathlib import Path

import pytest

from luoshi.page import vendor


def test_what_is_shipped_is_what_the_manifest_says() -> None:
    assert vendor.check_vendored() == []


def test_a_changed_byte_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for source in vendor.FOLDER.rglob("*"):
        if source.is_file():
            copy = tmp_path / source.relative_to(vendor.FOLDER)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
    monkeypatch.setattr(vendor, "FOLDER", tmp_path)
    (tmp_path / "alpine" / "alpine-csp.min.js").open("ab").write(b" ")
    assert vendor.check_vendored() == ["alpine: files differ from the manifest"]


def test_an_undeclared_asset_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(vendor, "ASSETS", vendor.ASSETS[1:])
    assert vendor.check_vendored() == ["tabler: in the manifest, but not declared", "tabler: not in the manifest"]


@pytest.mark.parametrize("asset", vendor.ASSETS, ids=lambda asset: asset.name)
def test_every_asset_has_its_licence_beside_it(asset: vendor.Asset) -> None:
    assert (vendor.FOLDER / asset.name / "LICENSE").stat().st_size > 500
    assert not any(word in asset.licence for word in ("GPL", "SSPL", "BUSL"))


def test_no_shipped_style_asks_another_host() -> None:
    for path in vendor.FOLDER.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "url(http" not in text
        assert "url(//" not in text
        assert "sourceMappingURL" not in text
