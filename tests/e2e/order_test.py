#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded executions give the same runs in whatever order and in whatever pieces their files come.

Every scenario's files are read one by one in seeded random orders, and written in random pieces (ends anywhere, also
inside a character) under a program that follows them. What comes of it is held against the recorded truth, and against
what reading the whole folder at once gives. RA_SHARED names the folder with framework0/tools/check_runs.py and
framework0/corpus; without it the test is skipped (exit status 77). RA_SEED chooses other orders and pieces, RA_SCENARIOS
(names, separated by blanks) a part of the scenarios."""

import concurrent.futures
import importlib.util
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import unittest

import program
from program import ask

SHARED = os.environ.get("RA_SHARED", "")
CORPUS = os.path.join(SHARED, "framework0", "corpus")
CHECK = os.path.join(SHARED, "framework0", "tools", "check_runs.py")
SEED = int(os.environ.get("RA_SEED", "1"))
AT_ONCE = 4
LARGEST_PIECES = 60  # of a file


def load_check():
    """The comparison with the recorded truth, which lies beside the recordings."""
    spec = importlib.util.spec_from_file_location("check_runs", CHECK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scenarios():
    chosen = os.environ.get("RA_SCENARIOS", "").split()
    names = [n for n in sorted(os.listdir(CORPUS)) if os.path.exists(os.path.join(CORPUS, n, "expected.json"))]
    return [n for n in names if not chosen or n in chosen]


def comparable(runs):
    """The runs without what may differ: nothing but their order."""
    return sorted(json.dumps(run, sort_keys=True) for run in runs)


def differences(want, got):
    """How two lists of runs differ, in words."""
    left, right = comparable(want), comparable(got)
    for text in sorted(set(left) ^ set(right))[:6]:
        yield ("only at once: " if text in left else "only so: ") + text[:1500]
    if not set(left) ^ set(right) and left != right:
        yield "the same run twice"


class Scenario:
    """A recorded scenario: its files, its truth and what the program makes of the folder read at once."""

    def __init__(self, check, name, work):
        self.check = check
        self.name = name
        self.work = os.path.join(work, name)
        folder = os.path.join(CORPUS, name)
        with open(os.path.join(folder, "expected.json"), encoding="utf-8") as file:
            self.truth = json.load(file)
        self.zone = self.truth.get("timezone", "UTC")
        self.source = self.copy("whole")
        self.files = sorted(os.path.relpath(os.path.join(base, f), self.source)
                            for base, _, names in os.walk(self.source) for f in names)
        store = self.path("whole.db")
        ask("ingest", self.source, "--store", store, "--zone", self.zone, status=(0, 3))
        self.at_once = self.runs(store)

    def path(self, *parts):
        return os.path.join(self.work, *parts)

    def copy(self, name):
        target = self.path(name, "framework0")
        shutil.copytree(os.path.join(CORPUS, self.name), target, ignore=lambda _, names: [
            n for n in names if n in self.check.NOT_INPUT or n.startswith("proc_samples")])
        for base, folders, files in os.walk(target):
            for entry in folders + files:
                os.chmod(os.path.join(base, entry), 0o755)
        return target

    def runs(self, store):
        return ask("runs", "--store", store, "--limit", "1000000")

    def faults(self, got, same_paths):
        """What is wrong with the runs, as sentences."""
        pairs, extra = self.check.pair(self.truth.get("runs", []), got)
        for want, have in pairs:
            wrong = ["not found"] if have is None else list(self.check.run_faults(want, have))
            yield from (f"{self.name}: run {want['run']} {want['recipe_path']}: {fault}" for fault in wrong)
        yield from (f"{self.name}: no such run: {run.get('recipe_path')} {run['status']}" for run in extra)
        if same_paths:
            yield from (f"{self.name}: {difference}" for difference in differences(self.at_once, got))

    def read_in_order(self, number, order):
        """Reads the files one by one in that order; what is wrong then."""
        store = self.path(f"order{number}.db")
        for name in order:  # 1: the file is none that could hold runs, such as a database
            ask("ingest", os.path.join(self.source, name), "--store", store, "--zone", self.zone, status=(0, 1, 3))
        told = f" (order: {', '.join(order)})"
        return [fault + told for fault in self.faults(self.runs(store), True)]

    def grow(self, chance):
        """Writes the files in random pieces under a program that follows them; what is wrong then."""
        folder, store = self.path("grown", "framework0"), self.path("grown.db")
        os.makedirs(folder)
        follower = self.follow(folder, store)
        left = {}
        for name in self.files:
            with open(os.path.join(self.source, name), "rb") as file:
                left[name] = file.read()
        total = sum(len(content) for content in left.values())
        while left:
            name = chance.choice(list(left))
            mean = max(1, min(len(left[name]), total // LARGEST_PIECES))
            piece = left[name][:1 + int(chance.expovariate(1 / mean))]
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "ab") as file:
                file.write(piece)
            left[name] = left[name][len(piece):]
            if not left[name]:
                del left[name]
            if chance.random() < 0.3:
                time.sleep(chance.uniform(0, 0.01))
        return self.ended(follower) + list(self.faults(self.runs(store), True))

    def replay(self, speed):
        """Repeats what happened to the logs while they were written; what is wrong then."""
        folder, store = self.path("replayed", "framework0"), self.path("replayed.db")
        os.makedirs(folder)
        for name in self.files:
            if name.startswith("inputs"):
                os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
                shutil.copy(os.path.join(self.source, name), os.path.join(folder, name))
        follower = self.follow(folder, store)
        begun = time.monotonic()
        with open(os.path.join(CORPUS, self.name, "tail_events.jsonl"), encoding="utf-8") as file:
            for event in map(json.loads, file):
                time.sleep(max(0.0, event["t"] / speed - (time.monotonic() - begun)))
                path = os.path.join(folder, event["path"])
                os.makedirs(os.path.dirname(path), exist_ok=True)
                if event["op"] in ("create", "append"):
                    with open(path, "ab") as log:
                        log.write(event.get("text", "").encode("utf-8", "surrogateescape"))
                elif event["op"] == "rename":
                    os.rename(path, os.path.join(folder, event["to"]))
                elif event["op"] == "truncate":
                    os.truncate(path, event.get("size", 0))
                elif event["op"] == "delete":
                    os.remove(path)
                else:
                    raise AssertionError(f"unknown operation: {event}")
        return self.ended(follower) + list(self.faults(self.runs(store), False))

    def follow(self, folder, store):
        return program.start("tail", folder, "--store", store, "--zone", self.zone, "--until-idle", "2")

    def ended(self, follower):
        """Waits for the follower's end; what it complained of."""
        _, problems = follower.communicate(timeout=120)
        return [] if follower.returncode == 0 else [f"{self.name}: tail exited {follower.returncode}: {problems[-500:]}"]


class Orders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        check = load_check()
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            cls.scenarios = list(pool.map(lambda name: Scenario(check, name, folder.name), scenarios()))

    def assertNoFaults(self, jobs):
        """Runs jobs that return faults, some at once."""
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            faults = [fault for result in pool.map(lambda job: job(), jobs) for fault in result]
        self.assertFalse(faults, f"{len(faults)} faults (RA_SEED={SEED}), among them:\n" + "\n".join(faults[:40]))

    def test_files_read_one_by_one_in_random_order(self):
        jobs = []
        for scenario in self.scenarios:
            chance = random.Random(f"{SEED} {scenario.name}")
            recipes_last = sorted(scenario.files, key=lambda name: (name.startswith("inputs"), chance.random()))
            at_random = chance.sample(scenario.files, len(scenario.files))
            jobs += [lambda s=scenario, i=i, o=order: s.read_in_order(i, o)
                     for i, order in enumerate((recipes_last, at_random))]
        self.assertNoFaults(jobs)

    def test_files_growing_in_random_pieces(self):
        self.assertNoFaults([lambda s=scenario: s.grow(random.Random(f"{SEED} {s.name}"))
                             for scenario in self.scenarios])

    def test_what_happened_to_the_logs_is_repeated(self):
        recorded = [s for s in self.scenarios if os.path.exists(os.path.join(CORPUS, s.name, "tail_events.jsonl"))]
        self.assertNoFaults([lambda s=scenario, v=speed: s.replay(v) for scenario in recorded for speed in (3,)])


if __name__ == "__main__":
    if not SHARED or not os.path.exists(CHECK) or not os.path.isdir(CORPUS):
        print("Skipped: RA_SHARED does not name a folder with recorded logs (framework0/corpus) and their check.")
        sys.exit(77)
    unittest.main(verbosity=2)
