#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes that write the runner's log with Python's own logging, followed while they run.

A process waits before every step until the program has told of the one before; so what is checked was told while the
process ran, whatever the machine's speed."""

import json
import os
import queue
import signal
import subprocess
import sys
import textwrap
import threading
import time
import unittest

import program

PATIENCE = 60  # seconds, for what comes within milliseconds on an idle machine

WRITER = textwrap.dedent("""
    import logging, os, sys, time
    os.makedirs("logs", exist_ok=True)
    handler = logging.FileHandler("logs/framework0.log")
    handler.setFormatter(logging.Formatter("%(asctime)s [%(levelname)8s] %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    path, steps = sys.argv[1], sys.argv[2:]
    recipe = object()
    runner = logging.getLogger(f"runner.{id(recipe)}")
    framework = logging.getLogger("scriptlets.framework")
    def go():
        if not sys.stdin.readline():
            sys.exit(3)
    def load():
        raise ConnectionError("warehouse did not answer")
    go()
    begun = time.monotonic()
    runner.info("Starting enhanced recipe execution: %s", path)
    failed = 0
    for step in steps:
        framework.info("Starting execution of %s", step.title())
        go()
        if step == "broken":
            failed += 1
            try:
                load()
            except ConnectionError as error:
                framework.exception("Execution failed for %s: %s", step.title(), error)
            framework.info("Completed %s in 0.01s (success: False, exit_code: 1)", step.title())
            runner.error("Step '%s' failed: %s", step, ["warehouse did not answer"])
            runner.info("Continuing execution after step failure: %s", step)
        else:
            framework.info("Completed %s in 0.01s (success: True, exit_code: 0)", step.title())
            runner.info("Step '%s' completed successfully (%.3fs)", step, 0.010)
    go()
    runner.info("Recipe execution completed - Status: %s, Steps: %d/%d, Duration: %.3fs, Success Rate: %.1f%%",
                "partial" if failed else "completed", len(steps) - failed, len(steps), time.monotonic() - begun,
                100 * (len(steps) - failed) / len(steps))
    go()
""")


class Writer:
    """A process that writes a run, one piece each time it is told to go on."""

    def __init__(self, folder, recipe, *steps):
        self.process = subprocess.Popen([sys.executable, "-c", WRITER, recipe, *steps], cwd=folder,
                                        stdin=subprocess.PIPE, text=True, env={**os.environ, "TZ": "UTC"})

    def go(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()


class Tail:
    """The program following a folder; its events as they come."""

    def __init__(self, folder, store):
        self.process = program.start("tail", folder, "--store", store, "--zone", "UTC", "--json")
        self.lines = queue.Queue()
        self.seen = []
        self.reader = threading.Thread(target=lambda: [self.lines.put(line) for line in self.process.stdout])
        self.reader.start()

    def wait_for(self, event, **fields):
        """The next event of that kind with those fields."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                told = json.loads(self.lines.get(timeout=max(0.0, until - time.monotonic())))
            except queue.Empty:
                raise AssertionError(f"no {event} {fields} came; there were {self.seen}") from None
            self.seen.append(told)
            if told["event"] == event and all(told.get(key) == value for key, value in fields.items()):
                return told

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()


class RealRuns(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.tail = Tail(self.folder, self.store)
        self.addCleanup(self.tail.end)

    def writer(self, *words):
        writer = Writer(self.folder, *words)
        self.addCleanup(writer.end)
        return writer

    def test_a_run_is_told_while_it_runs(self):
        writer = self.writer("jobs/daily.yaml", "load", "broken", "save")
        writer.go()
        started = self.tail.wait_for("run_started", recipe="daily")
        self.assertLess(abs(started["t_ns"] - time.time_ns()), PATIENCE * 1_000_000_000)
        for step, status in (("load", "completed"), ("broken", "failed"), ("save", "completed")):
            self.tail.wait_for("step_started", run_id=started["run_id"])
            self.assertIsNone(writer.process.poll())
            writer.go()
            self.tail.wait_for("step_finished", run_id=started["run_id"], step=step, status=status)
        writer.go()
        self.tail.wait_for("run_finished", run_id=started["run_id"], status="partial")
        self.assertIsNone(writer.process.poll())
        self.tail.end()
        run, = self.runs()
        self.assertEqual((run["status"], run["completed_steps"], run["failed_steps"]), ("partial", 2, 1))
        self.assertEqual([step["errors"] for step in run["steps"]], [[], ["warehouse did not answer"], []])

    def test_a_killed_run_is_abandoned_within_two_seconds(self):
        writer = self.writer("jobs/killed.yaml", "slow")
        writer.go()
        started = self.tail.wait_for("run_started", recipe="killed")
        self.tail.wait_for("step_started", run_id=started["run_id"])
        writer.process.send_signal(signal.SIGKILL)
        writer.process.wait()
        killed_ns = time.time_ns()
        ended = self.tail.wait_for("run_finished", run_id=started["run_id"], status="abandoned")
        # The event says when it was found. The margin is for a machine with other work to do.
        self.assertGreater(ended["t_ns"], killed_ns - 100_000_000)
        self.assertLess(ended["t_ns"] - killed_ns, 2_000_000_000 + 8_000_000_000 * (os.getloadavg()[0] > os.cpu_count()))
        self.tail.end()
        run, = self.runs()
        self.assertEqual((run["status"], run["steps"][0]["status"]), ("abandoned", "interrupted"))

    def test_only_the_killed_one_of_two_is_abandoned(self):
        killed, living = self.writer("jobs/killed.yaml", "slow"), self.writer("jobs/living.yaml", "slow")
        for writer, recipe in ((killed, "killed"), (living, "living")):
            writer.go()
            self.tail.wait_for("step_started", recipe=recipe)
        killed.process.send_signal(signal.SIGKILL)
        self.tail.wait_for("run_finished", recipe="killed", status="abandoned")
        living.go()
        self.tail.wait_for("step_finished", recipe="living", status="completed")
        living.go()
        self.tail.wait_for("run_finished", recipe="living", status="completed")

    def test_a_run_whose_log_is_deleted_is_abandoned_when_it_dies(self):
        writer = self.writer("jobs/lost.yaml", "slow")
        writer.go()
        self.tail.wait_for("step_started", recipe="lost")
        self.tail.end()
        self.tail = Tail(self.folder, self.store)
        self.addCleanup(self.tail.end)
        os.remove(os.path.join(self.folder, "logs", "framework0.log"))
        other = self.writer("jobs/other.yaml", "slow")
        other.go()
        self.tail.wait_for("step_started", recipe="other")
        writer.end()
        until = time.monotonic() + PATIENCE
        while {run["recipe"]: run["status"] for run in self.runs()}["lost"] != "abandoned":
            self.assertLess(time.monotonic(), until, "the run stays open for ever")
            time.sleep(0.2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
