#!/usr/bin/env python3
"""Builds CTorch for arm64 with a cross compiler, and runs its self-test on an imitated processor (qemu).

libtorch for arm64 goes to the cache beside that of this machine, and the objects to .build-arm64. The compiler and the emulator come
from Debian's packages.
"""
import dataclasses
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import setup

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "Sources/CTorch"
BUILD = ROOT / ".build-arm64"
COMPILER, EMULATOR = "aarch64-linux-gnu-g++", "qemu-aarch64"
SYSTEM = "/usr/aarch64-linux-gnu"


def libtorch(cache: Path) -> Path:
    """The folder of libtorch for arm64, which is fetched where it is missing."""
    item = setup.libtorch(os.environ.get("TORCH_VERSION", setup.DEFAULT_TORCH_VERSION))
    item = dataclasses.replace(item, folder=f"{item.folder}-aarch64")
    setup.set_up([item], setup.Cache(cache, machine="aarch64"))
    return cache / item.folder


def compiled(source: Path, torch: Path) -> Path:
    """The object of a source file, which is compiled where it is older than the sources."""
    target = BUILD / f"{source.stem}.o"
    newest = max(path.stat().st_mtime for path in [source, *SOURCES.rglob("*.h*")])
    if not target.exists() or target.stat().st_mtime < newest:
        print(f"compiling {source.relative_to(ROOT)}", flush=True)
        includes = [f"-I{torch}/include", f"-I{torch}/include/torch/csrc/api/include", f"-I{SOURCES}/include"]
        partial = target.with_suffix(".part")
        subprocess.run([COMPILER, "-std=c++20", "-O2", "-fopenmp", "-w", *includes, "-c", source, "-o", partial], check=True)
        partial.rename(target)
    return target


def main() -> int:
    if not (shutil.which(COMPILER) and shutil.which(EMULATOR)):
        setup.install_debian_packages("what builds and runs programs for arm64", ["g++-aarch64-linux-gnu", "qemu-user"])
    torch = libtorch(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "shapca")
    BUILD.mkdir(exist_ok=True)
    sources = [*sorted(SOURCES.glob("*.cpp")), ROOT / "Tests/ArmTests/self_test.cpp"]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = list(pool.map(lambda source: compiled(source, torch), sources))
    program = BUILD / "self_test"
    libraries = [f"-L{torch}/lib", f"-Wl,-rpath-link,{torch}/lib", "-Wl,--allow-shlib-undefined", "-ltorch_cpu", "-lc10"]
    subprocess.run([COMPILER, "-fopenmp", *objects, *libraries, "-ldl", "-o", program], check=True)
    environment = {"LD_LIBRARY_PATH": f"{torch}/lib:{SYSTEM}/lib"}
    settings = [part for name, value in environment.items() for part in ("-E", f"{name}={value}")]
    return subprocess.run([EMULATOR, "-L", SYSTEM, *settings, program]).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except setup.SetupError as error:
        sys.exit(f"test-arm64: {error}.")
    except subprocess.CalledProcessError as error:
        sys.exit(f"test-arm64: {error.cmd[0]} failed; see above.")
