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
# An imitated processor without and one with bfloat16 numbers and vectors of any length.
PROCESSORS = ("neoverse-n1", "max")
CPU_INFO = """processor\t: {number}
Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x3
CPU part\t: 0xd0c
CPU revision\t: 1

"""


def libtorch() -> Path:
    """The folder of libtorch for arm64, which is fetched where it is missing."""
    item = setup.libtorch(os.environ.get("TORCH_VERSION", setup.DEFAULT_TORCH_VERSION))
    item = dataclasses.replace(item, folder=f"{item.folder}-aarch64")
    cache = setup.Cache(setup.cache_root(), machine="aarch64")
    setup.set_up([item], cache)
    return cache.root / item.folder


def compiled(source: Path, torch: Path) -> Path:
    """The object of a source file, which is compiled where it is older than the sources."""
    target = BUILD / f"{source.stem}.o"
    newest = max(path.stat().st_mtime for path in [source, *SOURCES.rglob("*.h*")])
    if not target.exists() or target.stat().st_mtime < newest:
        print(f"compiling {source.relative_to(ROOT)}", flush=True)
        includes = [f"-I{torch}/include", f"-I{torch}/include/torch/csrc/api/include", f"-I{SOURCES}/include"]
        partial = target.with_suffix(".part")
        options = ["-std=c++20", "-O2", "-fopenmp", "-w", "-Wno-psabi", *includes]
        subprocess.run([COMPILER, *options, "-c", source, "-o", partial], check=True)
        partial.rename(target)
    return target


def system_root() -> Path:
    """A folder in which an imitated program finds its libraries, and an arm64 processor where Linux describes one."""
    root = BUILD / "root"
    identification = root / "sys/devices/system/cpu/cpu0/regs/identification"
    for folder in (root / "proc", identification):
        folder.mkdir(parents=True, exist_ok=True)
    (root / "proc/cpuinfo").write_text("".join(CPU_INFO.format(number=number) for number in range(os.cpu_count())))
    (identification / "midr_el1").write_text("0x00000000413fd0c1\n")
    if not (root / "lib").is_symlink():
        (root / "lib").symlink_to(f"{SYSTEM}/lib")
    return root


def main() -> int:
    if not (shutil.which(COMPILER) and shutil.which(EMULATOR)):
        setup.install_debian_packages("what builds and runs programs for arm64", ["g++-aarch64-linux-gnu", "qemu-user"])
    torch = libtorch()
    BUILD.mkdir(exist_ok=True)
    sources = [*sorted(SOURCES.glob("*.cpp")), ROOT / "Tests/ArmTests/self_test.cpp"]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = list(pool.map(lambda source: compiled(source, torch), sources))
    program = BUILD / "self_test"
    libraries = [f"-L{torch}/lib", f"-Wl,-rpath-link,{torch}/lib", "-Wl,--allow-shlib-undefined", "-ltorch_cpu", "-lc10"]
    subprocess.run([COMPILER, "-fopenmp", *objects, *libraries, "-ldl", "-o", program], check=True)
    emulator = [EMULATOR, "-L", system_root(), "-E", f"LD_LIBRARY_PATH={torch}/lib"]
    failures = 0
    for processor in PROCESSORS:
        print(f"\non an imitated {processor}", flush=True)
        failures += subprocess.run([*emulator, "-cpu", processor, program]).returncode != 0
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except setup.SetupError as error:
        sys.exit(f"test-arm64: {error}.")
    except subprocess.CalledProcessError as error:
        sys.exit(f"test-arm64: {error.cmd[0]} failed; see above.")
