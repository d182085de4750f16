"""A command that is killed at any moment leaves whole files, and the same command goes on from there to the result of a
run that nobody killed.

KILLS is the number of kills of each command, SEED draws their moments, uniform over the time that the command takes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from collections import Counter
from pathlib import Path
from typing import Optional

from chat_server import ChatServer, described
from workshop import (SEED, PROGRAM, Outcome, check_whole_run, file_at, finished_runs, leftovers,
                      needs_the_program, same_run, same_table, shapca, workshop)

KILLS = int(os.environ.get("KILLS") or 10)


class KillTests:
    """Chains of kills: a command is killed once or several times, then it ends by itself."""

    name: str

    def arguments(self, place: Path) -> list[object]:
        """The command, for a place of its own, as it is given first or again."""
        raise NotImplementedError

    def prepare(self, place: Path) -> None:
        """Puts there what a command finds."""

    def check_killed(self, place: Path) -> str:
        """Checks what a kill left, and says where it struck."""
        raise NotImplementedError

    def check_ended(self, place: Path, outcome: Outcome) -> None:
        """Checks the result of a command that ended by itself."""
        raise NotImplementedError

    def test_a_killed_command_goes_on(self) -> None:
        chance = random.Random(f"{SEED} {self.name}")
        self.struck, self.late, self.left = Counter(), 0, 0
        self.duration = self.measure()
        failures = []
        try:
            while self.struck.total() < KILLS:
                moments: list[float] = []
                try:
                    self.chain(chance, moments)
                except Exception as error:
                    failures.append(f"killed after {moments} s: {type(error).__name__}: {error}")
        finally:
            places = ", ".join(f"{count} {where}" for where, count in sorted(self.struck.items()))
            print(f"\n{self.name}: seed {SEED}, {self.struck.total()} kills over {self.duration:.1f} s ({places}); "
                  f"{self.late} more came too late; {self.left} temporary files left", flush=True)
            for failure in failures:
                print(failure, flush=True)
        self.assertFalse(failures, "\n".join(failures))

    def chain(self, chance: random.Random, moments: list[float]) -> None:
        """Kills a command once or, every second time, once more, and so on; then lets it end."""
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            self.prepare(place)
            outcome = None
            while outcome is None and (not moments or self.struck.total() < KILLS and chance.random() < 0.5):
                moments.append(round(chance.uniform(0, self.duration), 4))
                began = time.monotonic()
                outcome = self.run_until(place, moments[-1])
                if outcome and len(moments) == 1:
                    # The machine has become quicker.
                    self.duration = time.monotonic() - began
                if outcome is None:
                    self.left += len(leftovers(place))
                    # A failing check is a kill too.
                    self.struck["with a finding"] += 1
                    where = self.check_killed(place)
                    self.struck += Counter({where: 1, "with a finding": -1})
            self.late += outcome is not None
            self.check(place, outcome or self.run_until(place, None))

    def check(self, place: Path, outcome: Outcome) -> None:
        self.assertEqual(outcome.status, 0, outcome.errors)
        self.check_ended(place, outcome)

    def measure(self) -> float:
        """Seconds that the command takes when nobody kills it."""
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            self.prepare(place)
            self.arguments(place)
            began = time.monotonic()
            outcome = self.run_until(place, None)
            duration = time.monotonic() - began
            self.check(place, outcome)
            return duration

    def run_until(self, place: Path, moment: Optional[float]) -> Optional[Outcome]:
        """Runs the command, and kills it after some seconds; None where it did not end before."""
        if moment is None:
            return shapca(*self.arguments(place))
        with open(place / "said", "w+") as said:
            process = subprocess.Popen([PROGRAM, *map(str, self.arguments(place))], stdout=said, stderr=said)
            try:
                process.wait(moment)
            except subprocess.TimeoutExpired:
                self.was_writing = len(open_files(process.pid, place)) > 2
                process.kill()
            if process.wait() == -signal.SIGKILL:
                return None
            said.seek(0)
            return Outcome(process.returncode, "", said.read())


def open_files(process: int, folder: Path) -> list[str]:
    """The files in a folder that a process has open, whether they have a name or not; none where nobody tells."""
    try:
        names = [os.readlink(file) for file in Path(f"/proc/{process}/fd").iterdir()]
    except OSError:
        return []
    return [name for name in names if name.startswith(f"{folder}/")]


@needs_the_program
class TrainTests(KillTests, unittest.TestCase):
    name = "train"

    def arguments(self, place: Path) -> list[object]:
        run = place / "run"
        return workshop().train(run, *(["--resume"] if (run / "config.yaml").exists() else []))

    def check_killed(self, place: Path) -> str:
        run = place / "run"
        check_whole_run(run)
        if not (run / "config.yaml").exists():
            return "before the run"
        return "after a checkpoint" if (run / "checkpoint.safetensors").exists() else "before a checkpoint"

    def check_ended(self, place: Path, outcome: Outcome) -> None:
        self.assertTrue(same_run(place / "run", workshop().run))


@needs_the_program
class PredictTests(KillTests, unittest.TestCase):
    name = "predict"
    earlier = b'{"entities":[],"id":"an earlier result"}\n'

    def arguments(self, place: Path) -> list[object]:
        return workshop().predict(place / "found.jsonl")

    def prepare(self, place: Path) -> None:
        (place / "found.jsonl").write_bytes(self.earlier)

    def check_killed(self, place: Path) -> str:
        found = file_at(place / "found.jsonl")
        self.assertIn(found, (self.earlier, workshop().found))
        if found != self.earlier:
            return "after the end"
        return "while predicting" if self.was_writing else "before the output"

    def check_ended(self, place: Path, outcome: Outcome) -> None:
        self.assertEqual(file_at(place / "found.jsonl"), workshop().found)


@needs_the_program
class ContextsTests(KillTests, unittest.TestCase):
    name = "contexts generate"

    def setUp(self) -> None:
        self.server = ChatServer()
        self.addCleanup(self.server.close)

    def arguments(self, place: Path) -> list[object]:
        return workshop().describe(self.server.endpoint, place)

    def prepare(self, place: Path) -> None:
        self.server.asked.clear()
        self.kills = 0
        self.stored: set[str] = set()
        self.asked_of_stored = Counter()

    def check_not_asked_again(self) -> None:
        """Checks that nothing was asked whose answer was stored at the kill before."""
        asked = Counter({name: self.server.asked[name] for name in self.stored})
        self.assertEqual(asked, self.asked_of_stored)

    def check_killed(self, place: Path) -> str:
        self.check_not_asked_again()
        self.kills += 1
        stored = described(place / "cache.sqlite", place / "copy")
        self.assertLessEqual(self.stored, stored)
        self.stored = stored
        self.asked_of_stored = Counter({name: self.server.asked[name] for name in stored})
        if (place / "contexts.jsonl").exists():
            self.check_contexts(place)
            return "after the end"
        return "among the answers" if stored else "before an answer"

    def check_contexts(self, place: Path) -> None:
        lines = (place / "contexts.jsonl").read_text().splitlines()
        self.assertEqual(len(lines), 61)
        self.assertTrue(all(f'"image":"picture-{index:02}.png"' in line for index, line in enumerate(lines[1:])))
        self.assertEqual({line.split()[-1].rstrip('"}').split('"')[0] for line in lines[1:]}, set(self.server.asked))

    def check_ended(self, place: Path, outcome: Outcome) -> None:
        self.check_not_asked_again()
        self.check_contexts(place)
        self.assertEqual(len(self.server.asked), 60)
        self.assertLessEqual(max(self.server.asked.values()), 1 + self.kills)


@needs_the_program
class ConvertTests(KillTests, unittest.TestCase):
    name = "data convert"

    def arguments(self, place: Path) -> list[object]:
        return workshop().convert(place / "lines")

    def check_killed(self, place: Path) -> str:
        present = {path.name: path.read_bytes() for path in (place / "lines").glob("*.jsonl")}
        self.assertLessEqual(present.items(), workshop().lines.items())
        # Training asks for its split first, so that nobody takes a part of a dataset for all of it.
        if present and "train.jsonl" not in present:
            return "among the names"
        self.assertIn(len(present), (0, 3), f"of the splits there are {sorted(present)}")
        return "after the end" if present else "while writing" if self.was_writing else "before the output"

    def check(self, place: Path, outcome: Outcome) -> None:
        if outcome.status:
            # A dataset is never written over: what was there is named, and has to be taken away.
            self.assertTrue(list((place / "lines").glob("*.jsonl")))
            self.assertIn(f"{place}/lines holds a dataset", outcome.errors)
            shutil.rmtree(place / "lines")
            outcome = shapca(*self.arguments(place))
        super().check(place, outcome)

    def check_ended(self, place: Path, outcome: Outcome) -> None:
        for name, content in workshop().lines.items():
            self.assertEqual(file_at(place / "lines" / name), content)


@needs_the_program
class ReproduceTests(KillTests, unittest.TestCase):
    name = "reproduce"

    def arguments(self, place: Path) -> list[object]:
        return workshop().reproduce(place / "table")

    def prepare(self, place: Path) -> None:
        self.finished: list[bytes] = []

    def check_killed(self, place: Path) -> str:
        for run in (place / "table" / "runs").glob("*/*/*/*"):
            check_whole_run(run)
        finished = finished_runs(place / "table")
        self.assertEqual(finished[:len(self.finished)], self.finished)
        self.finished = finished
        return f"after {len(finished)} runs"

    def check_ended(self, place: Path, outcome: Outcome) -> None:
        finished = finished_runs(place / "table")
        self.assertEqual(finished[:len(self.finished)], self.finished)
        self.assertEqual(len(finished), 3)
        self.assertEqual(outcome.errors.count("finished before: "), len(self.finished))
        self.assertTrue(same_table(place / "table", workshop().reproduction))


if __name__ == "__main__":
    unittest.main()
