# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end-to-end tests share: calling the built program and holding its answers against a simulation's truth."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.environ.get("RA_PROGRAM", "recipe-analytics")
ENVIRONMENT = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "TZ": "UTC", "LC_ALL": "C.UTF-8"}


def start(*words):
    """Starts the program and returns the process."""
    return subprocess.Popen([PROGRAM, *words], env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def call(*words, status=(0,)):
    """Runs the program to its end; returns what it wrote to standard output. Another exit status than those is an error."""
    process = start(*words)
    out, err = process.communicate(timeout=300)
    if process.returncode not in status:
        raise AssertionError(f"{' '.join(words)}: exit status {process.returncode}\n{err[-2000:]}")
    return out


def ask(*words, status=(0,)):
    """As call, with the JSON document that it printed."""
    return json.loads(call(*words, "--json", status=status))


def run_differences(truth, got):
    """What a run in the store has wrong, as sentences. `truth` is one of truth.json's runs."""
    ended = truth["status"] not in ("killed", "abandoned", "rejected")
    if got["status"] not in truth["accepted_status"]:
        yield f"status {got['status']}, truth {truth['status']}"
    early = (truth["start_ns"] - got["start_ns"]) / 1e9
    if not -0.05 <= early <= 1.05:  # the log has whole seconds, cut off
        yield f"start {early:.3f} s early"
    if ended:
        if got["duration_s"] is None or abs(got["duration_s"] - truth["duration_s"]) > 0.0006:
            yield f"duration {got['duration_s']}, truth {truth['duration_s']}"
        for field in ("total_steps", "completed_steps", "failed_steps"):
            if got[field] != truth[field]:
                yield f"{field} {got[field]}, truth {truth[field]}"
    by_name = {step["name"]: step for step in got["steps"]}
    for step in truth["steps"]:
        if step["status"] not in ("completed", "failed"):
            continue  # the log has no line that tells
        have = by_name.get(step["name"])
        if have is None:
            yield f"step {step['name']} is missing"
            continue
        for field in ("status", "attempts"):
            if have[field] != step[field]:
                yield f"step {step['name']}: {field} {have[field]}, truth {step[field]}"
        if step["status"] == "completed" and abs((have["duration_s"] or 0) - step["duration_s"]) > 0.0006:
            yield f"step {step['name']}: duration {have['duration_s']}, truth {step['duration_s']}"
        if step["status"] == "failed":
            said = "\n".join(have["errors"])
            for error in step["errors"]:
                if error not in said:
                    yield f"step {step['name']}: error not found: {error!r}"


def differences(truth, got):
    """Everything that the runs in the store have wrong."""
    def key(run):
        return run["execution_id"], run["recipe_path"]

    def grouped(runs):
        groups = {}
        for run in sorted(runs, key=lambda run: run["start_ns"] or 0):
            groups.setdefault(key(run), []).append(run)
        return groups

    have, want = grouped(got), grouped(truth)
    for group, runs in want.items():
        found = have.get(group, [])
        if len(found) != len(runs):
            yield f"{group}: {len(found)} runs, truth {len(runs)}"
            continue
        # Some starts are known to the second only, so that the order of runs within one second says nothing.
        for run in runs:
            faults = [list(run_differences(run, match)) for match in found]
            best = min(range(len(found)), key=lambda i: len(faults[i]))
            yield from (f"{group}: {fault}" for fault in faults[best])
            del found[best]
    for group in have.keys() - want.keys():
        yield f"{group}: no such run"


class ProgramTest(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.store = os.path.join(self.folder, "store.db")

    def simulate(self, name, *words):
        """Simulates into a folder of that name; returns the folder of the logs and the true runs."""
        out = os.path.join(self.folder, name)
        call("simulate", "--out", out, "--zone", "UTC", *words)
        with open(os.path.join(out, "truth.json"), encoding="utf-8") as file:
            return os.path.join(out, "framework0"), json.load(file)["runs"]

    def runs(self):
        return ask("runs", "--store", self.store, "--limit", "10000000")

    def assertTrueTo(self, truth, got):
        faults = list(differences(truth, got))
        self.assertFalse(faults, f"{len(faults)} faults, among them:\n" + "\n".join(faults[:12]))


