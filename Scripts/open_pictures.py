#!/usr/bin/env python3
"""Collects pictures of people, places, organizations and things whose licence is open, by entity type.

    open_pictures.py FOLDER [--unseen]

FOLDER gets PER/, LOC/, ORG/ and MISC/, and SOURCES.md with where each file is from and under which licence. Debian's
packages come through apt-get, which needs no rights to download, PyPI's as set-up fetches them. What was fetched stays
in the cache. --unseen collects pictures of other packages, for tests: people and places of emoji, and other brands.
"""

from __future__ import annotations

import argparse
import importlib
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Iterator, Sequence

import setup

SOURCES = """\
| package | licence | pictures |
|---|---|---|
| openclipart-png (Debian) | public domain (Creative Commons' dedication) | drawings: people; buildings, maps; computers, vehicles |
| iso-flags-png-320x240 (Debian) | public domain | flags of countries and regions |
| simple-icons-pack (PyPI) | CC0-1.0; icons that name another licence are left out | brands, drawn by resvg in their colour |
"""
UNSEEN_SOURCES = """\
| package | licence | pictures |
|---|---|---|
| fonts-noto-color-emoji (Debian) | Apache-2.0 (pictures), OFL-1.1 (font) | emoji: people; buildings, landscapes |
| fontawesomefree (PyPI) | CC-BY-4.0 (Fonticons, Inc.) | brands, drawn by resvg in black |
"""
SIDE = 224
DRAWERS = setup.Item("pictures/simple-icons-16.36.0", (
    setup.Wheel("simple-icons-pack==16.36.0", {"simple_icons_pack/": "simple_icons_pack/"}),
    setup.Wheel("resvg-py==0.5.0", {"resvg_py/": "resvg_py/"}),
))
UNSEEN_DRAWERS = setup.Item("pictures/fontawesomefree-6.6.0", (
    setup.Wheel("fontawesomefree==6.6.0", {
        "fontawesomefree/static/fontawesomefree/svgs/brands/": "brands/"}),
    setup.Wheel("fonttools==4.68.0", {"fontTools/": "fontTools/"}),
))
# Of Unicode: people by age, role and gesture; buildings, places and landscapes.
EMOJI = {
    "PER": ((0x1F466, 0x1F478), (0x1F481, 0x1F483), (0x1F486, 0x1F487), (0x1F645, 0x1F647), (0x1F64B, 0x1F64E),
            (0x1F926, 0x1F926), (0x1F934, 0x1F937), (0x1F9D1, 0x1F9D5)),
    "LOC": ((0x1F301, 0x1F309), (0x1F30D, 0x1F310), (0x1F3D4, 0x1F3DF), (0x1F3E0, 0x1F3F0), (0x1F5FA, 0x1F5FE),
            (0x1F54B, 0x1F54D)),
}
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


def imported(item: setup.Item, *modules: str) -> list[ModuleType]:
    """Modules of PyPI's packages, in the cache."""
    sys.path.insert(0, str(fetched(item)))
    return [importlib.import_module(module) for module in modules]


def fetched(item: setup.Item) -> Path:
    """The folder of PyPI's packages."""
    cache = setup.Cache(setup.cache_root())
    setup.set_up([item], cache)
    return cache.root / item.folder


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
    icons, resvg = imported(DRAWERS, "simple_icons_pack", "resvg_py")
    names = sorted(name for name in dir(icons) if name.startswith("SI_"))
    for index, icon in enumerate(getattr(icons, name) for name in names):
        if icon.license:
            continue
        colour = "#" + icon.hex.lstrip("#")
        ink, ground = (colour, "#ffffff") if index % 2 == 0 else ("#ffffff", colour)
        path = icon.svg[icon.svg.index("<path"):].replace("<path", f'<path fill="{ink}"', 1)
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 32 32">{path}'
        yield icon.slug, bytes(resvg.svg_to_bytes(svg_string=svg, background=ground, width=SIDE, height=SIDE))


def emoji() -> Iterator[tuple[str, str, bytes]]:
    """Types, names and PNG files of people and places."""
    (fonts,) = imported(UNSEEN_DRAWERS, "fontTools.ttLib")
    root = cached("fonts-noto-color-emoji")
    font = fonts.TTFont(root / "usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
    glyphs, pictures = font.getBestCmap(), font["CBDT"].strikeData[0]
    for kind, ranges in EMOJI.items():
        for code in (code for first, last in ranges for code in range(first, last + 1) if code in glyphs):
            yield kind, f"u{code:X}.png", pictures[glyphs[code]].imageData


def unseen_logos() -> Iterator[tuple[str, bytes]]:
    """Names and PNG files of brands, black on white."""
    (resvg,) = imported(DRAWERS, "resvg_py")
    for file in sorted((fetched(UNSEEN_DRAWERS) / "brands").glob("*.svg")):
        yield file.stem, bytes(resvg.svg_to_bytes(
            svg_string=file.read_text(encoding="utf-8"), background="#ffffff", width=SIDE, height=SIDE))


def collect(folder: Path, unseen: bool) -> dict[str, int]:
    """Writes the folder, whole or not at all, and counts the pictures of each type."""
    staging = folder.with_name(folder.name + ".part")
    shutil.rmtree(staging, ignore_errors=True)
    lines = [UNSEEN_SOURCES if unseen else SOURCES]
    counts = {"PER": 0, "LOC": 0, "ORG": 0, "MISC": 0}

    def add(kind: str, name: str, content: bytes, source: str) -> None:
        path = staging / kind / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(content)
            counts[kind] += 1
            lines.append(f"- {kind}/{name}: {source}")

    if unseen:
        for kind, name, content in emoji():
            add(kind, name, content, "fonts-noto-color-emoji")
        for name, content in unseen_logos():
            add("ORG", f"{name}.png", content, "fontawesomefree")
    else:
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
    parser.add_argument("--unseen", action="store_true")
    options = parser.parse_args(arguments)
    try:
        counts = collect(options.folder, options.unseen)
    except setup.SetupError as error:
        print(f"open_pictures.py: {error}", file=sys.stderr)
        return 1
    print(", ".join(f"{count} of {kind}" for kind, count in counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
