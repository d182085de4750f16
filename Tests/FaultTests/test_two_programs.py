"""Two programs on one output: each ends well or refuses by name, and nothing is torn."""

from __future__ import annotations

import contextlib
import random
import subprocess
import tempfile
import time
import unittest
from collections.abc import Iterator
from pathlib import Path

from chat_server import ChatServer, described
from workshop import (PROGRAM, SEED, Outcome, check_whole_run, end, file_at, finished_runs, leftovers,
                      needs_the_program, same_run, same_table, shapca, start, workshop)

ROUNDS = 3
REFUSED = "(already holds a run|is in use by another program)"


@needs_the_program
class TwoProgramsTests(unittest.TestCase):
    def setUp(self) -> None:
        self.chance = random.Random(f"{SEED} {self.id()}")

    @contextlib.contextmanager
    def place(self, round: int) -> Iterator[Path]:
        """A fresh place for a round."""
        with self.subTest(seed=SEED, round=round), tempfile.TemporaryDirectory() as place:
            yield Path(place)

    def at_once(self, arguments: list[object], others: list[object]) -> list[Outcome]:
        """Runs two commands at once, the second up to half a second after the first."""
        first = start(*arguments)
        time.sleep(self.chance.choice([0, self.chance.uniform(0, 0.5)]))
        second = start(*others)
        return [end(first), end(second)]

    def assert_one_trained(self, outcomes: list[Outcome], run: Path) -> None:
        self.assertEqual(sorted(outcome.status for outcome in outcomes), [0, 1], outcomes)
        refused = max(outcomes, key=lambda outcome: outcome.status)
        self.assertRegex(refused.errors, f"{run} {REFUSED}")
        self.assertTrue(same_run(run, workshop().run))
        self.assertEqual(leftovers(run), [])

    def test_two_trainings_start(self) -> None:
        for round in range(ROUNDS):
            with self.place(round) as place:
                arguments = workshop().train(place / "run")
                self.assert_one_trained(self.at_once(arguments, arguments), place / "run")

    def test_two_trainings_continue(self) -> None:
        for round in range(ROUNDS):
            with self.place(round) as place:
                run = place / "run"
                process = subprocess.Popen([PROGRAM, *map(str, workshop().train(run))], stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL)
                while not (run / "checkpoint.safetensors").exists():
                    time.sleep(0.01)
                process.kill()
                process.wait()
                arguments = workshop().train(run, "--resume")
                self.assert_one_trained(self.at_once(arguments, arguments), run)

    def test_two_predictions(self) -> None:
        for round in range(ROUNDS):
            with self.place(round) as place:
                arguments = workshop().predict(place / "found.jsonl")
                for outcome in self.at_once(arguments, arguments):
                    self.assertEqual(outcome.status, 0, outcome.errors)
                self.assertEqual(file_at(place / "found.jsonl"), workshop().found)
                self.assertEqual([path.name for path in place.iterdir()], ["found.jsonl"])

    def test_two_describe_pictures(self) -> None:
        server = ChatServer()
        self.addCleanup(server.close)
        for round in range(ROUNDS):
            with self.place(round) as place:
                server.asked.clear()
                arguments = workshop().describe(server.endpoint, place)
                others = list(arguments)
                others[others.index("--output") + 1] = place / "others.jsonl"
                for outcome in self.at_once(arguments, others):
                    self.assertEqual(outcome.status, 0, outcome.errors)
                self.assertEqual(len(described(place / "cache.sqlite", place / "copy")), 60)
                self.assertEqual(file_at(place / "contexts.jsonl"), file_at(place / "others.jsonl"))
                self.assertEqual(len((place / "others.jsonl").read_text().splitlines()), 61)
                self.assertLessEqual(max(server.asked.values()), 2)

    def test_two_conversions(self) -> None:
        for round in range(ROUNDS):
            with self.place(round) as place:
                arguments = workshop().convert(place / "lines")
                outcomes = self.at_once(arguments, arguments)
                self.assertIn(0, [outcome.status for outcome in outcomes])
                for outcome in outcomes:
                    if outcome.status:
                        self.assertRegex(outcome.errors, f"{place}/lines holds a dataset")
                written = {path.name: path.read_bytes() for path in (place / "lines").iterdir()}
                self.assertEqual(written, workshop().lines)

    def test_two_reproduce(self) -> None:
        for round in range(ROUNDS):
            with self.place(round) as place:
                arguments = workshop().reproduce(place / "table")
                for outcome in self.at_once(arguments, arguments):
                    if outcome.status:
                        self.assertEqual(outcome.status, 1, outcome.errors)
                        self.assertRegex(outcome.errors, REFUSED)
                for run in (place / "table" / "runs").glob("*/*/*/*"):
                    check_whole_run(run)
                finished_runs(place / "table")
                outcome = shapca(*arguments)
                self.assertEqual(outcome.status, 0, outcome.errors)
                self.assertTrue(same_table(place / "table", workshop().reproduction))


if __name__ == "__main__":
    unittest.main()
