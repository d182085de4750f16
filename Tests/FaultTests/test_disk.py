"""A command on a full disk ends with a sentence that names the file and says why, harms nothing that was there before,
and goes on once there is room."""

from __future__ import annotations

import ctypes
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from chat_server import ChatServer, described
from workshop import (Outcome, check_whole_run, file_at, finished_runs, leftovers, needs_the_program, same_run,
                      same_table, shapca, workshop)

FULL = "no space left on device|disk is full|check the free space"
NEW_MOUNTS, PRIVATE, RECURSIVE = 0x20000, 1 << 18, 1 << 14


def mounting() -> str:
    """Moves this process to mounts of its own, which end with it; says why where that is not allowed."""
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "unshare"):
        return "there are no disks of a test's own on this system"
    if library.unshare(NEW_MOUNTS) or library.mount(b"none", b"/", None, PRIVATE | RECURSIVE, None):
        return f"small disks cannot be mounted ({os.strerror(ctypes.get_errno()).lower()}): run it as root"
    return ""


def setUpModule() -> None:
    reason = mounting()
    if reason:
        raise unittest.SkipTest(reason)


def size_of(folder: Path) -> int:
    """The bytes of a folder's files on a disk of whole pages."""
    return sum(-(-path.stat().st_size // 4096) * 4096 for path in folder.rglob("*") if path.is_file())


class DiskTests(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.disk = Path(place.name, "disk")
        self.disk.mkdir()

    def mount(self, options: str) -> None:
        """Puts an empty disk in place of the one before."""
        self.unmount()
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.disk], check=True)
        self.addCleanup(self.unmount)

    def unmount(self) -> None:
        if os.path.ismount(self.disk):
            subprocess.run(["umount", self.disk], check=True)

    def make_room(self) -> None:
        subprocess.run(["mount", "-o", "remount,size=64m,nr_inodes=1000", self.disk], check=True)

    def assert_full(self, outcome: Outcome) -> None:
        """Checks that a command failed with sentences that name a file on the disk and say that the disk is full."""
        self.assertEqual(outcome.status, 1, outcome.errors)
        self.assertRegex(outcome.errors, rf"{self.disk}[^\n]*({FULL})", outcome.errors)
        self.assertNotRegex(outcome.errors, "The operation|Cocoa|NSError|Error Domain|Fatal|couldn.t be")
        self.assertEqual(leftovers(self.disk), [])

    def on_every_small_disk(self, arguments: list[object]) -> None:
        """Checks that a command fails well where there is room for a page, or for no file."""
        for options in ("size=4k", "nr_inodes=1"):
            with self.subTest(options):
                self.mount(options)
                self.assert_full(shapca(*arguments))
                self.make_room()
                outcome = shapca(*arguments)
                self.assertEqual(outcome.status, 0, outcome.errors)


@needs_the_program
class TrainDiskTests(DiskTests):
    def test_a_disk_too_small_for_anything(self) -> None:
        self.on_every_small_disk(workshop().train(self.disk / "run"))

    def test_a_disk_for_one_checkpoint_but_not_two(self) -> None:
        run, checkpoint = self.disk / "run", (workshop().run / "checkpoint.safetensors").stat().st_size
        self.mount(f"size={size_of(workshop().run) + checkpoint // 2}")
        self.assert_full(shapca(*workshop().train(run)))
        check_whole_run(run)
        self.assertTrue((run / "checkpoint.safetensors").exists())
        before = file_at(run / "checkpoint.safetensors")
        self.assert_full(shapca(*workshop().train(run, "--resume")))
        self.assertEqual(file_at(run / "checkpoint.safetensors"), before)
        self.make_room()
        outcome = shapca(*workshop().train(run, "--resume"))
        self.assertEqual(outcome.status, 0, outcome.errors)
        self.assertTrue(same_run(run, workshop().run))

    def test_a_disk_that_fills_anywhere(self) -> None:
        """From a disk for the configuration alone to one for all but the last bytes."""
        whole = size_of(workshop().run)
        for share in (0.001, 0.5, 0.97, 0.995):
            with self.subTest(share):
                run = self.disk / "run"
                self.mount(f"size={int(share * whole)}")
                self.assert_full(shapca(*workshop().train(run)))
                check_whole_run(run)
                self.make_room()
                again = ["--resume"] if (run / "config.yaml").exists() else []
                outcome = shapca(*workshop().train(run, *again))
                self.assertEqual(outcome.status, 0, outcome.errors)
                self.assertTrue(same_run(run, workshop().run))


@needs_the_program
class PredictDiskTests(DiskTests):
    def test_a_disk_too_small_for_anything(self) -> None:
        self.on_every_small_disk(workshop().predict(self.disk / "found.jsonl"))

    def test_a_disk_for_one_result_but_not_two(self) -> None:
        output = self.disk / "found.jsonl"
        earlier = workshop().found[::-1]
        self.mount(f"size={int(1.5 * len(earlier))}")
        output.write_bytes(earlier)
        self.assert_full(shapca(*workshop().predict(output)))
        self.assertEqual(file_at(output), earlier)
        part = file_at(Path(f"{output}.part")) or b""
        self.assertTrue(part and part.endswith(b"\n") and workshop().found.startswith(part))
        self.make_room()
        self.assertEqual(shapca(*workshop().predict(output)).status, 0)
        self.assertEqual(file_at(output), workshop().found)


@needs_the_program
class ConvertDiskTests(DiskTests):
    def test_a_disk_too_small_for_anything(self) -> None:
        self.on_every_small_disk(workshop().convert(self.disk / "lines"))

    def test_a_disk_for_one_split_but_not_two(self) -> None:
        lines = self.disk / "lines"
        self.mount(f"size={int(1.5 * max(map(len, workshop().lines.values())))}")
        self.assert_full(shapca(*workshop().convert(lines)))
        self.assertEqual([path.name for path in lines.iterdir()], [])
        self.make_room()
        outcome = shapca(*workshop().convert(lines))
        self.assertEqual(outcome.status, 0, outcome.errors)
        self.assertEqual({path.name: path.read_bytes() for path in lines.iterdir()}, workshop().lines)


@needs_the_program
class ContextsDiskTests(DiskTests):
    def setUp(self) -> None:
        super().setUp()
        self.server = ChatServer()
        self.server.delay = 0
        self.addCleanup(self.server.close)

    def test_a_disk_too_small_for_anything(self) -> None:
        self.on_every_small_disk(workshop().describe(self.server.endpoint, self.disk))

    def test_a_disk_for_some_answers_but_not_all(self) -> None:
        self.mount("size=300k")
        arguments = workshop().describe(self.server.endpoint, self.disk)
        self.assert_full(shapca(*arguments))
        self.assertFalse((self.disk / "contexts.jsonl").exists())
        with tempfile.TemporaryDirectory() as copy:
            stored = described(self.disk / "cache.sqlite", Path(copy, "copy"))
        self.assertTrue(stored)
        self.make_room()
        outcome = shapca(*arguments)
        self.assertEqual(outcome.status, 0, outcome.errors)
        self.assertEqual({name for name in stored if self.server.asked[name] > 1}, set())
        self.assertEqual(len((self.disk / "contexts.jsonl").read_text().splitlines()), 61)

    def test_a_disk_with_room_for_the_cache_alone(self) -> None:
        arguments = workshop().describe(self.server.endpoint, self.disk)
        cache = Path(self.disk.parent, "cache.sqlite")
        arguments[arguments.index("--cache") + 1] = cache
        self.mount("size=4k")
        self.assert_full(shapca(*arguments))
        self.make_room()
        self.assertEqual(shapca(*arguments).status, 0)
        self.assertEqual(max(self.server.asked.values()), 1)


@needs_the_program
class ReproduceDiskTests(DiskTests):
    def test_a_disk_too_small_for_anything(self) -> None:
        self.on_every_small_disk(workshop().reproduce(self.disk / "table"))

    def test_a_disk_for_one_run_but_not_two(self) -> None:
        table = self.disk / "table"
        self.mount(f"size={size_of(workshop().reproduction) // 2}")
        outcome = shapca(*workshop().reproduce(table))
        self.assert_full(outcome)
        finished = finished_runs(table)
        self.assertEqual(len(finished), 1)
        self.make_room()
        outcome = shapca(*workshop().reproduce(table))
        self.assertEqual(outcome.status, 0, outcome.errors)
        self.assertEqual(outcome.errors.count("finished before: "), 1)
        self.assertEqual(finished_runs(table)[:1], finished)
        self.assertTrue(same_table(table, workshop().reproduction))


if __name__ == "__main__":
    unittest.main()
