#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills the program at random moments of reading and of following; afterwards every line is there exactly once.

RA_KILLS sets the number of kills of each kind (default 20; a hundred takes some minutes)."""

import contextlib
import os
import random
import signal
import sqlite3
import threading
import time
import unittest

import program
from program import ask

KILLS = int(os.environ.get("RA_KILLS", "20"))
SEED = int(os.environ.get("RA_SEED", "1"))


def kill_after(process, seconds):
    """Kills the process then, if it still runs; whether it did."""
    try:
        process.wait(timeout=seconds)
        return False
    except Exception:  # subprocess.TimeoutExpired
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    finally:
        process.stdout.close()
        process.stderr.close()


class Kills(program.ProgramTest):
    def assertStoreIsSound(self, store):
        with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
            self.assertEqual(connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)])

    def lines_of(self, store, run):
        return [(line["t_ns"], line["text"]) for line in ask("log", run["run_id"], "--store", store)]

    def assertSameAsUndisturbed(self, logs, truth):
        """Holds the store against the truth and against one that was filled without a disturbance."""
        self.assertStoreIsSound(self.store)
        self.assertTrueTo(truth, self.runs())
        other = os.path.join(self.folder, "undisturbed.db")
        ask("ingest", logs, "--store", other, "--zone", "UTC")
        here, there = ask("store", "info", "--store", self.store), ask("store", "info", "--store", other)
        for field in ("runs", "steps", "log_bytes_raw", "rejected"):
            self.assertEqual(here[field], there[field], field)
        chosen = random.Random(SEED).sample(self.runs(), 25)
        for run in chosen:
            self.assertEqual(self.lines_of(self.store, run), self.lines_of(other, run))

    def test_killed_while_reading(self):
        logs, truth = self.simulate("read", "--executions", "4000", "--days", "20", "--concurrent", "6")
        begun = time.monotonic()
        ask("ingest", logs, "--store", os.path.join(self.folder, "timing.db"), "--zone", "UTC")
        length = time.monotonic() - begun
        chance = random.Random(SEED)
        hits = 0
        for _ in range(KILLS):
            process = program.start("ingest", logs, "--store", self.store, "--zone", "UTC", "--json")
            hits += kill_after(process, chance.uniform(0.005, length))
            if os.path.exists(self.store) and chance.random() < 0.3:
                self.assertStoreIsSound(self.store)
            if os.path.exists(self.store) and chance.random() < 0.4:
                for name in (self.store, self.store + "-wal", self.store + "-shm"):
                    if os.path.exists(name):
                        os.remove(name)  # begin anew, or most kills would find all work done
        print(f"{hits} of {KILLS} kills hit, an undisturbed ingest takes {length:.2f} s")
        self.assertGreater(hits, KILLS // 4)
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        self.assertSameAsUndisturbed(logs, truth)

    def test_killed_while_following(self):
        logs, truth = self.simulate("source", "--executions", "1500", "--days", "10", "--concurrent", "6")
        grown = os.path.join(self.folder, "grown", "logs")
        os.makedirs(grown)
        chance = random.Random(SEED + 1)
        ended = threading.Event()

        # The program lives for 0.4 s on average; the files grow for as long as that takes for all kills.
        total = sum(os.path.getsize(os.path.join(logs, "logs", name)) for name in ("framework0.log", "structured.log"))
        pause = KILLS * 0.45 / (total / 30_000)

        def grow():
            """Writes what the simulation wrote, in pieces that end anywhere."""
            sizes = random.Random(SEED + 2)
            names = ("framework0.log", "structured.log")
            with contextlib.ExitStack() as files:
                pairs = [(files.enter_context(open(os.path.join(logs, "logs", name), "rb")),
                          files.enter_context(open(os.path.join(grown, name), "ab", buffering=0))) for name in names]
                while pairs:
                    for pair in list(pairs):
                        piece = pair[0].read(sizes.randrange(1, 60_000))
                        if piece:
                            pair[1].write(piece)
                        else:
                            pairs.remove(pair)
                    time.sleep(2 * pause)
            ended.set()

        writer = threading.Thread(target=grow)
        writer.start()
        kills = 0
        while not ended.is_set() or kills < KILLS:
            process = program.start("tail", os.path.dirname(grown), "--store", self.store, "--zone", "UTC")
            kills += kill_after(process, chance.uniform(0.02, 0.8))
        writer.join()
        print(f"killed {kills} times")
        process = program.start("tail", os.path.dirname(grown), "--store", self.store, "--zone", "UTC", "--until-idle", "2")
        _, problems = process.communicate(timeout=200)
        self.assertEqual(process.returncode, 0, problems)
        self.assertSameAsUndisturbed(os.path.dirname(grown), truth)


if __name__ == "__main__":
    unittest.main(verbosity=2)
