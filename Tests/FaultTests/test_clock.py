"""A clock of the day that jumps back and forth changes no result, no duration and no waiting."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from chat_server import ChatServer
from workshop import Outcome, file_at, finished_runs, needs_the_program, same_run, same_table, shapca, workshop

COMPILER = shutil.which("cc") or shutil.which("clang")


def times(value: object) -> list[float]:
    """All seconds and rates of a JSON value."""
    if isinstance(value, dict):
        own = [item for key, item in value.items() if "econd" in key and isinstance(item, (int, float))]
        return own + [time for item in value.values() for time in times(item)]
    return [time for item in value for time in times(item)] if isinstance(value, list) else []


@needs_the_program
@unittest.skipUnless(COMPILER and sys.platform == "linux", "there is no C compiler that makes a clock for Linux")
class ClockTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(place.cleanup)
        cls.clock = Path(place.name, "jumping_clock.so")
        source = Path(__file__).with_name("jumping_clock.c")
        subprocess.run([COMPILER, "-O1", "-shared", "-fPIC", "-o", cls.clock, source], check=True)

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self.clock), "CLOCK_READINGS": str(self.place / "readings")}

    def readings(self) -> int:
        """How often programs read the clock of the day."""
        return sum(map(int, (file_at(self.place / "readings") or b"").split()))

    def run_well(self, arguments: list[object]) -> Outcome:
        outcome = shapca(*arguments, environment=self.environment)
        self.assertEqual(outcome.status, 0, outcome.errors)
        self.assertNotRegex(outcome.errors + outcome.output, r"(?<![\w.])-\d+(\.\d+)?\s*(s|h|posts)\b")
        return outcome

    def assert_times(self, found: list[float]) -> None:
        self.assertTrue(found)
        self.assertGreaterEqual(min(found), 0)
        self.assertLess(max(found), 1e6)

    def test_the_clock_jumps_and_durations_do_not(self) -> None:
        program = "import time\nfor _ in range(30): print(time.time(), time.monotonic())"
        said = subprocess.run([sys.executable, "-c", program], env={**os.environ, **self.environment}, check=True,
                              capture_output=True, text=True).stdout
        day, steady = zip(*(map(float, line.split()) for line in said.splitlines()))
        self.assertLess(min(after - before for before, after in zip(day, day[1:])), -3600)
        self.assertEqual(list(steady), sorted(steady))
        self.assertGreaterEqual(self.readings(), 30)

    def test_train(self) -> None:
        run = self.place / "run"
        self.run_well(workshop().train(run))
        self.assertGreater(self.readings(), 0)
        self.assertTrue(same_run(run, workshop().run))
        self.assert_times(times([json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]))
        self.run_well(workshop().train(run, "--resume"))
        self.assertTrue(same_run(run, workshop().run))

    def test_predict(self) -> None:
        self.run_well(workshop().predict(self.place / "found.jsonl"))
        self.assertEqual(file_at(self.place / "found.jsonl"), workshop().found)

    def test_describe(self) -> None:
        server = ChatServer()
        self.addCleanup(server.close)
        self.run_well(workshop().describe(server.endpoint, self.place))
        self.assertGreater(self.readings(), 0)
        self.assertEqual(len(server.asked), 60)
        self.assertEqual(max(server.asked.values()), 1)
        database = sqlite3.connect(self.place / "cache.sqlite")
        self.addCleanup(database.close)
        self.assert_times([latency for latency, in database.execute("SELECT latency FROM context")])

    def test_reproduce(self) -> None:
        table = self.place / "table"
        self.run_well(workshop().reproduce(table))
        self.assertGreater(self.readings(), 0)
        self.assertTrue(same_table(table, workshop().reproduction))
        self.assert_times(times([json.loads(line) for line in finished_runs(table)]))


if __name__ == "__main__":
    unittest.main()
