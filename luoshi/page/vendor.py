"""Browser assets of others, shipped with the product: which version, under which licence, with which bytes.

    python -m luoshi.page.vendor            fetch the versions below with npm and write static/vendor/
    python -m luoshi.page.vendor --check    compare what lies there with its manifest

Only updating needs npm. htmx is not here: django-htmx ships it, and its copy is the one that runs.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "vendor"
MANIFEST = FOLDER / "manifest.json"

MIT = """The MIT License (MIT)

{holders}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One npm package, and which of its files are shipped (path in the package → name in the folder)."""

    name: str
    package: str
    version: str
    licence: str
    files: dict[str, str]
    holders: str = ""  # for packages whose tarball forgets its licence text


ASSETS = (
    Asset(
        name="tabler",
        package="@tabler/core",
        version="1.6.1",
        licence="MIT",
        files={"dist/css/tabler.min.css": "tabler.min.css", "dist/js/tabler.min.js": "tabler.min.js"},
        holders="Copyright 2018-2026 The Tabler Authors\nCopyright 2018-2026 codecalm.net Paweł Kuna\n"
        "Contains Bootstrap, Copyright 2011-2026 The Bootstrap Authors\n"
        "Contains Popper, Copyright 2019 Federico Zivolo",
    ),
    Asset(
        name="echarts",
        package="echarts",
        version="6.1.0",
        licence="Apache-2.0 AND BSD-3-Clause",
        files={
            "dist/echarts.common.min.js": "echarts.common.min.js",
            "LICENSE": "LICENSE",
            "NOTICE": "NOTICE",
            "licenses/LICENSE-d3": "LICENSE-d3",
        },
    ),
    Asset(
        name="alpine",
        package="@alpinejs/csp",
        version="3.17.4",
        licence="MIT",
        files={"dist/cdn.min.js": "alpine-csp.min.js"},
        holders="Copyright © 2019-2026 Caleb Porzio and contributors",
    ),
    Asset(
        name="tom-select",
        package="tom-select",
        version="2.6.2",
        licence="Apache-2.0",
        files={
            "dist/js/tom-select.base.min.js": "tom-select.base.min.js",
            "dist/css/tom-select.min.css": "tom-select.min.css",
            "LICENSE": "LICENSE",
        },
    ),
)

# Source maps are not shipped; a dangling reference would break hashed file names and fill consoles with 404s.
SOURCE_MAP = re.compile(rb"\s*(/\*|//)[#@] ?sourceMappingURL=\S+( ?\*/)?\s*\Z")


def fetch(asset: Asset, into: Path) -> dict[str, str]:
    """Write the files of one package below `into`; return name → SHA-256."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed to update the vendored assets; it is not on the PATH.")
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(  # noqa: S603 - fixed arguments, no shell
            [npm, "pack", "--silent", f"{asset.package}@{asset.version}"], cwd=work, check=True, capture_output=True
        )
        (tarball,) = Path(work).glob("*.tgz")
        with tarfile.open(tarball) as archive:
            contents = {member: read(archive, f"package/{member}") for member in asset.files}
    folder = into / asset.name
    folder.mkdir(parents=True, exist_ok=True)
    for member, name in asset.files.items():
        (folder / name).write_bytes(SOURCE_MAP.sub(b"\n", contents[member]))
    if asset.holders:
        (folder / "LICENSE").write_text(MIT.format(holders=asset.holders), encoding="utf-8")
    return digests(folder)


def read(archive: tarfile.TarFile, member: str) -> bytes:
    stream = archive.extractfile(member)
    if stream is None:
        raise SystemExit(f"{member} is not a file in the package.")
    return stream.read()


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def update() -> None:
    manifest = [
        {
            "name": asset.name,
            "package": asset.package,
            "version": asset.version,
            "licence": asset.licence,
            "files": fetch(asset, FOLDER),
        }
        for asset in ASSETS
    ]
    MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def check_vendored() -> list[str]:
    """What lies in the folder and is not as the manifest says, in words; empty when all is well."""
    flaws = []
    manifest = {entry["name"]: entry for entry in json.loads(MANIFEST.read_text(encoding="utf-8"))}
    for asset in ASSETS:
        entry = manifest.pop(asset.name, None)
        if entry is None or entry["version"] != asset.version:
            flaws.append(f"{asset.name}: the manifest does not have version {asset.version}")
        elif entry["files"] != digests(FOLDER / asset.name):
            flaws.append(f"{asset.name}: files differ from the manifest")
    flaws += [f"{name}: in the manifest, but not declared" for name in manifest]
    declared = {asset.name for asset in ASSETS}
    flaws += [
        f"{path.name}: not in the manifest" for path in FOLDER.iterdir() if path.is_dir() and path.name not in declared
    ]
    return flaws


def main() -> int:
    parser = argparse.ArgumentParser(description="Update or check the vendored browser assets.")
    parser.add_argument("--check", action="store_true", help="compare with the manifest; change nothing")
    if not parser.parse_args().check:
        update()
    flaws = check_vendored()
    for flaw in flaws:
        print(flaw, file=sys.stderr)  # noqa: T201
    return 1 if flaws else 0


if __name__ == "__main__":
    sys.exit(main())
