#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line end to end: simulated logs are read, asked for and held against the truth beside them."""

import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import unittest

import program
from program import ask, call


class CommandLine(program.ProgramTest):
    def test_what_is_read_equals_the_truth_in_every_layout(self):
        for layout in ("threads", "shared", "separate"):
            with self.subTest(layout=layout):
                logs, truth = self.simulate(layout, "--executions", "150", "--concurrent", "6", "--days", "2",
                                            "--layout", layout)
                self.store = os.path.join(self.folder, layout + ".db")
                read = ask("ingest", logs, "--store", self.store, "--zone", "UTC")
                self.assertEqual(read["runs_added"], len(truth))
                self.assertEqual(read["rejected"], [])
                self.assertTrueTo(truth, self.runs())

    def test_reading_again_changes_nothing(self):
        logs, truth = self.simulate("again", "--executions", "120", "--days", "1")
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        before = self.runs()
        again = ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        self.assertEqual((again["runs_added"], again["runs_updated"]), (0, 0))
        self.assertEqual(self.runs(), before)
        self.assertEqual(len(before), len(truth))

    def test_samples_that_are_too_old_to_be_kept_are_told_of(self):
        logs, _ = self.simulate("kept", "--executions", "20", "--days", "1")
        self.assertEqual(ask("ingest", logs, "--store", self.store, "--zone", "UTC")["samples_too_old"], 0)
        ask("store", "retain", "--samples", "30d", "--store", self.store)
        metrics = os.path.join(self.folder, "metrics.jsonl")
        with open(metrics, "w", encoding="utf-8") as file:
            for day in range(50):
                file.write(json.dumps({"name": "old", "value": day, "metric_type": "gauge", "unit": "count",
                                       "timestamp": (1711843200 + day * 86400) * 10**9, "tags": {}, "source": "s",
                                       "context": {}}) + "\n")
        told = ask("ingest", metrics, "--store", self.store)
        self.assertEqual((told["samples_added"], told["samples_too_old"]), (0, 50))
        with open(metrics, "a", encoding="utf-8") as file:
            file.write(json.dumps({"name": "old", "value": 7, "metric_type": "gauge", "unit": "count",
                                   "timestamp": 1711843200 * 10**9 + 1, "tags": {}, "source": "s",
                                   "context": {}}) + "\n")
        self.assertIn("1 sample was left out: older than what store retain or store archive has left",
                      call("ingest", metrics, "--store", self.store))

    def test_the_folder_with_the_truth_in_it_gives_the_same_runs(self):
        logs, truth = self.simulate("whole", "--executions", "60", "--days", "1")
        ask("ingest", os.path.dirname(logs), "--store", self.store, "--zone", "UTC", status=(0, 3))
        self.assertTrueTo(truth, self.runs())

    def test_the_order_in_which_recipes_and_logs_come_changes_nothing(self):
        # Two children of one process that share the runner's name: only their recipes tell who ran what.
        log = os.path.join(self.folder, "forked.log")
        lines = ["Starting enhanced recipe execution: jobs/two.yaml", "Starting enhanced recipe execution: jobs/one.yaml",
                 "Step 'dump' completed successfully (0.100s)",
                 "Recipe execution completed - Status: completed, Steps: 1/1, Duration: 0.101s, Success Rate: 100.0%",
                 "Step 'read' completed successfully (0.100s)", "Step 'write' completed successfully (0.100s)",
                 "Recipe execution completed - Status: completed, Steps: 2/2, Duration: 0.202s, Success Rate: 100.0%"]
        with open(log, "w", encoding="utf-8") as file:
            file.writelines(f"2026-11-23 10:00:00 [    INFO] runner.9: {line}\n" for line in lines)
        files = [log]
        os.makedirs(os.path.join(self.folder, "jobs"))
        for name, steps in (("one", ["dump"]), ("two", ["read", "write"])):
            files.append(os.path.join(self.folder, "jobs", name + ".yaml"))
            with open(files[-1], "w", encoding="utf-8") as file:
                file.write("steps:\n" + "".join(f"  - {{name: {s}, module: m, function: C}}\n" for s in steps))
        results = []
        for number, order in enumerate(itertools.permutations(files)):
            store = os.path.join(self.folder, f"order{number}.db")
            for path in order:
                ask("ingest", path, "--store", store, "--zone", "UTC")
            runs = ask("runs", "--store", store)
            self.assertEqual({run["recipe"]: [s["name"] for s in run["steps"]] for run in runs},
                             {"one": ["dump"], "two": ["read", "write"]}, order)
            results.append(sorted(json.dumps(run, sort_keys=True) for run in runs))
        self.assertEqual(results, results[:1] * len(results))

    def test_memory_is_bounded_whatever_the_lines(self):
        begin = "2026-11-23 10:00:00 [    INFO] runner.9: Starting enhanced recipe execution: jobs/odd.yaml\n"
        end = ("\n2026-11-23 10:00:01 [    INFO] runner.9: Recipe execution completed - Status: completed, Steps: 0/0, "
               "Duration: 1.000s, Success Rate: 100.0%\n")
        shapes = {"one line of 100 MB": b"x" * 100_000_000, "ten million lines": b"x\n" * 10_000_000,
                  "a hole of 300 MB": None}
        for shape, middle in shapes.items():
            with self.subTest(shape=shape):
                path, store = (os.path.join(self.folder, shape + ending) for ending in (".log", ".db"))
                with open(path, "wb") as file:
                    file.write(begin.encode())
                    if middle is None:
                        file.seek(300_000_000, os.SEEK_CUR)
                    else:
                        file.write(middle)
                    file.write(end.encode())
                process = program.start("ingest", path, "--store", store, "--zone", "UTC", "--json")
                process.stdout.read()
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                process.stdout.close()
                process.stderr.close()
                self.assertIn(process.returncode, (0, 3))
                # A sanitizer keeps what was freed, and shadows of everything.
                most = 600_000_000 if os.environ.get("RA_SANITIZED") else 200_000_000
                self.assertLess(usage.ru_maxrss * 1024, most)
                run, = ask("runs", "--store", store)
                self.assertEqual((run["status"], run["duration_s"]), ("completed", 1.0))

    def test_a_store_is_verified(self):
        logs, truth = self.simulate("verified", "--executions", "50", "--days", "1")
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        report = ask("store", "verify", "--store", self.store)
        self.assertEqual((report["sound"], report["runs"], report["damage"]), (True, len(truth), []))
        self.assertGreater(report["log_bytes"], 10_000)
        with sqlite3.connect(self.store) as db:
            db.execute("UPDATE blocks SET data = substr(data, 1, 20) || x'00' || substr(data, 22)")
        db.close()
        damaged = ask("store", "verify", "--store", self.store, status=(1,))
        self.assertFalse(damaged["sound"])
        self.assertEqual(damaged["damages"], damaged["blocks"])
        self.assertIn("source", damaged["damage"][0]["where"])

    def test_the_growth_of_a_store_is_told_and_where_it_leads(self):
        logs, _ = self.simulate("grows", "--executions", "50", "--days", "1")
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        info = ask("store", "info", "--store", self.store)
        self.assertEqual((info["growth_bytes_per_day"], info["disk_full_in_days"]), (0, None))
        self.assertEqual(info["forecast_bytes"]["365"], info["bytes"])
        with sqlite3.connect(self.store) as db:
            db.execute("UPDATE store_days SET day = day - 10, bytes = 1000")
        db.close()
        info = ask("store", "info", "--store", self.store)
        growth = info["growth_bytes_per_day"]
        self.assertAlmostEqual(growth * 10.5, info["bytes"] - 1000, delta=growth / 2 + 1)
        self.assertAlmostEqual(info["forecast_bytes"]["30"], info["bytes"] + 30 * growth)
        self.assertGreater(info["disk_free_bytes"], 0)
        self.assertAlmostEqual(info["disk_full_in_days"] * growth, info["disk_free_bytes"], delta=growth)

    def test_what_is_old_moves_into_an_archive_and_comes_back(self):
        logs, _ = self.simulate("archived", "--executions", "200", "--days", "40")
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        runs = self.runs()
        lines = {run["run_id"]: ask("log", run["run_id"], "--store", self.store) for run in runs[-3:]}
        archive = os.path.join(self.folder, "old.store.zst")
        words = ("store", "archive", "--out", archive, "--store", self.store)
        moved = ask(*words, "--before", "20d")
        left = self.runs()
        self.assertEqual(len(left), len(runs) - moved["runs"])
        self.assertGreater(moved["runs"], 0)
        self.assertEqual(moved["bytes"], os.path.getsize(archive))
        call(*words, "--before", "10d", status=(2,))  # never overwritten
        call(*words, "--before", "some day", status=(2,))
        for beyond in ("213600d", "9223372036854775807d", "20000000000m", "9999-12-31", "1600-01-01"):
            call(*words[:-1], archive + ".beyond", "--before", beyond, status=(2,))
            call("runs", "--since", beyond, "--store", self.store, status=(2,))
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")  # what has moved away does not come back so
        self.assertEqual(len(self.runs()), len(left))
        back = ask("store", "attach", archive, "--store", self.store)
        self.assertEqual(back["runs"], moved["runs"])
        self.assertEqual(self.runs(), runs)
        for run, text in lines.items():
            self.assertEqual(ask("log", run, "--store", self.store), text)
        self.assertEqual(ask("store", "attach", archive, "--store", self.store)["runs"], 0)
        self.assertTrue(ask("store", "verify", "--store", self.store)["sound"])
        for saved in (False, True):
            if saved:
                ask("store", "retain", "--runs", "5y", "--save", "--store", self.store)
            process = program.start("store", "attach", archive, "--store", self.store)
            self.assertEqual("goes again within the hour" in process.communicate(timeout=300)[1], saved)
        with open(archive, "r+b") as file:
            file.truncate(1000)
        call("store", "attach", archive, "--store", self.store, status=(1,))

    def test_what_need_not_be_kept_goes_and_what_is_pinned_stays(self):
        logs, truth = self.simulate("kept", "--executions", "300", "--days", "40")
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        runs = self.runs()
        oldest = min(runs, key=lambda run: run["start_ns"])["run_id"]
        self.assertEqual(ask("store", "pin", oldest, "--store", self.store), {"pinned": [oldest]})
        words = ("store", "retain", "--runs", "10d", "--log", "10d", "--store", self.store)
        would = ask(*words, "--dry-run")
        self.assertEqual(len(self.runs()), len(runs))
        gone = ask(*words, "--save")
        self.assertEqual(gone["runs"], would["runs"])
        self.assertEqual(gone["log_bytes"], would["log_bytes"])
        left = self.runs()
        self.assertEqual(len(left), len(runs) - gone["runs"])
        self.assertIn(oldest, {run["run_id"] for run in left})
        self.assertGreater(len(ask("log", oldest, "--store", self.store)), 0)
        self.assertEqual(ask("store", "retain", "--store", self.store)["policy"]["runs_s"], 10 * 86400)
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")  # what has gone does not come back
        self.assertEqual(len(self.runs()), len(left))
        compact = ask("store", "compact", "--store", self.store)
        self.assertLess(compact["bytes"], compact["bytes_before"])
        self.assertTrue(ask("store", "verify", "--store", self.store)["sound"])
        for wrong in (("--runs", "3x"), ("--runs", "0d"), ("--keep-free", "5"), ("--runs", "999999999y")):
            call("store", "retain", *wrong, "--store", self.store, status=(2,))
        call("store", "pin", "0000000000000001", "--store", self.store, status=(1,))

    def test_lines_that_are_no_longer_kept_are_missed_aloud(self):
        log = os.path.join(self.folder, "old.log")
        with open(log, "w") as out:
            out.write("2025-01-05 08:00:00 [    INFO] runner.1001: Starting enhanced recipe execution: jobs/daily.yaml\n"
                      "2025-01-05 08:00:03 [    INFO] runner.1001: Recipe execution completed - Status: completed, "
                      "Steps: 0/0, Duration: 3.000s, Success Rate: 100.0%\n")
        ask("ingest", log, "--store", self.store, "--zone", "UTC")
        run = self.runs()[0]["run_id"]
        self.assertEqual(len(ask("log", run, "--store", self.store)), 2)
        ask("store", "retain", "--log", "10d", "--store", self.store)
        for words in (("--json",), ("--json", "--grep", "Starting"), ()):
            process = program.start("log", run, "--store", self.store, *words)
            out, err = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0)
            self.assertEqual(out.strip(), "[]" if words else "")
            self.assertIn("retention has removed those from before 20", err)

    def test_runs_can_be_chosen(self):
        logs, truth = self.simulate("chosen", "--executions", "200", "--days", "2")
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        recipe = truth[0]["recipe"]
        some = ask("runs", "--store", self.store, "--recipe", recipe, "--limit", "1000")
        self.assertEqual(len(some), sum(run["recipe"] == recipe for run in truth))
        partial = ask("runs", "--store", self.store, "--status", "partial", "--limit", "1000")
        self.assertEqual({run["status"] for run in partial} - {"partial"}, set())
        newest = ask("runs", "--store", self.store, "--limit", "5")
        self.assertEqual(len(newest), 5)
        everything = ask("runs", "--store", self.store)  # all, where nothing is said
        self.assertEqual(len(everything), len(truth))
        self.assertEqual(everything[:5], newest)
        self.assertEqual(ask("runs", "--store", self.store, "--recipe", "no such recipe"), [])
        starts = [run["start_ns"] for run in newest]
        self.assertEqual(starts, sorted(starts, reverse=True))

    def test_the_log_of_a_run_outlives_its_file(self):
        logs, truth = self.simulate("log", "--executions", "80", "--days", "1", "--concurrent", "5")
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        text = ""
        with open(os.path.join(logs, "logs", "framework0.log"), encoding="utf-8") as file:
            text = file.read()
        unique = [run for run in self.runs() if sum(t["execution_id"] == run["execution_id"] for t in truth) == 1]
        shutil.rmtree(logs)
        self.assertGreater(len(unique), 20)
        for run in unique[:20]:
            wanted = [line for line in text.splitlines() if f" {run['execution_id']}: " in line]
            lines = ask("log", run["run_id"], "--store", self.store)
            got = [line["text"] for line in lines if line["logger"] == run["execution_id"]]
            self.assertEqual(got, wanted)
        printed = call("log", unique[0]["run_id"], "--store", self.store)
        self.assertIn("Starting enhanced recipe execution", printed)
        found = ask("log", unique[0]["run_id"], "--store", self.store, "--grep", "Starting enhanced")
        self.assertEqual(len(found), 1)

    def on_a_terminal(self, *words):
        """What the program writes where its standard output is a terminal."""
        try:
            ours, theirs = os.openpty()
        except OSError as error:
            self.skipTest(f"this machine has no pseudo-terminals, as a bare chroot without /dev/pts: {error}")
        process = subprocess.Popen([program.PROGRAM, *words], env=program.ENVIRONMENT, stdin=subprocess.DEVNULL,
                                   stdout=theirs, stderr=subprocess.DEVNULL)
        os.close(theirs)
        written = b""
        with open(ours, "rb", buffering=0) as terminal:
            while True:
                try:
                    piece = terminal.read(65536)
                except OSError:  # the other end is closed
                    break
                if not piece:
                    break
                written += piece
        self.assertEqual(process.wait(), 0)
        return written

    def test_text_from_logs_cannot_command_a_terminal(self):
        logs = os.path.join(self.folder, "hostile")
        os.makedirs(logs)
        with open(os.path.join(logs, "framework0.log"), "wb") as file:
            file.write(b"2026-11-23 10:00:00 [    INFO] runner.7: Starting enhanced recipe execution: a\x1b]0;owned\x07.yaml\n"
                       b"2026-11-23 10:00:00 [    INFO] Loader: \x1b[2J\x1b[31mred\n"
                       b"2026-11-23 10:00:01 [   ERROR] runner.7: Step 'x' failed: ['\x1b[2Jgone']\n"
                       b"2026-11-23 10:00:01 [    INFO] runner.7: Recipe execution completed - Status: failed, Steps: 0/1, "
                       b"Duration: 1.000s, Success Rate: 0.0%\n")
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        run = self.runs()[0]
        for words in (("runs",), ("log", run["run_id"]), ("sql", "SELECT recipe, message FROM errors_v"), ("store", "info")):
            with self.subTest(command=words[0]):
                shown = self.on_a_terminal(*words, "--store", self.store)
                self.assertGreater(len(shown), 0)
                self.assertNotIn(b"\x1b", shown)
                self.assertNotIn(b"\x07", shown)
        self.assertIn("\x1b[31mred", call("log", run["run_id"], "--store", self.store))  # a pipe gets what was logged

    def test_people_get_aligned_tables(self):
        logs, truth = self.simulate("table", "--executions", "30", "--days", "1")
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        lines = call("runs", "--store", self.store, "--limit", "10").splitlines()
        self.assertEqual(len(lines), 11)
        at = lines[0].index("STATUS")
        for line in lines[1:]:
            self.assertEqual(line[at - 2:at], "  ")
            self.assertIn(line[at:].split()[0], {run["status"] for run in self.runs()})

    def test_sql_reads_the_views_and_nothing_else(self):
        logs, truth = self.simulate("sql", "--executions", "50", "--days", "1")
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        self.assertEqual(ask("sql", "SELECT count(*) FROM runs_v", "--store", self.store)["rows"], [[len(truth)]])
        steps = ask("sql", "SELECT count(*) FROM steps_v WHERE status = 'completed'", "--store", self.store)["rows"]
        true_steps = sum(step["status"] == "completed" for run in truth for step in run["steps"])
        self.assertEqual(steps, [[true_steps]])
        csv = call("sql", "SELECT 1 AS one, 'a,b' AS two", "--csv", "--store", self.store)
        self.assertEqual(csv.replace("\r\n", "\n"), 'one,two\n1,"a,b"\n')
        for statement in ("DELETE FROM runs", "ATTACH 'x' AS y", "PRAGMA user_version = 9", "SELECT load_extension('x')"):
            call("sql", statement, "--store", self.store, status=(2,))
        self.assertEqual(len(self.runs()), len(truth))

    def test_questions_are_answered_as_sql_answers_them(self):
        logs, _ = self.simulate("query", "--executions", "80", "--days", "3")
        call("ingest", logs, "--store", self.store)
        where = ("--store", self.store)
        answer = ask("query", "steps | by recipe, step | count(), max(duration) | order recipe, step", *where)
        self.assertEqual([column["name"] for column in answer["columns"]], ["recipe", "step", "count()", "max(duration)"])
        self.assertEqual([column["unit"] for column in answer["columns"]], ["", "", "", "s"])
        self.assertTrue(answer["explain"]["exact"])
        rows = ask("sql", "SELECT recipe, name, count(*), max(duration_s) FILTER (WHERE status = 'completed') FROM steps_v "
                   "WHERE status = 'failed' OR status = 'completed' AND duration_s IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
                   *where)["rows"]
        self.assertEqual([row[:3] for row in answer["rows"]], [row[:3] for row in rows])
        for got, want in zip(answer["rows"], rows):
            self.assertTrue(got[3] == want[3] or abs(got[3] - want[3]) <= 1e-12 * want[3], (got, want))
        csv = call("query", "runs | count() as n | where status in (completed, failed)", "--csv", "--explain", *where)
        count = ask("sql", "SELECT count(*) FROM runs_v WHERE status IN ('completed', 'failed')", *where)["rows"][0][0]
        self.assertEqual(csv.replace("\r\n", "\n"), f"n\n{count}\n")
        for question in ("", "runs | by nothing", "nometric | count()", "runs | where a = 'open"):
            call("query", question, *where, status=(2,))

    def test_the_store_tells_what_it_holds(self):
        logs, truth = self.simulate("info", "--executions", "40", "--days", "1")
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        info = ask("store", "info", "--store", self.store)
        self.assertEqual(info["runs"], len(truth))
        self.assertGreater(info["log_bytes_raw"], 0)
        self.assertLess(info["log_bytes_stored"], info["log_bytes_raw"])

    def test_a_damaged_store_is_repaired(self):
        logs, truth = self.simulate("repair", "--executions", "120", "--days", "2")
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        self.assertTrue(ask("store", "repair", "--store", self.store)["was_sound"])
        with open(self.store, "r+b") as file:
            file.write(bytes(4096))  # what says that it is a database, and where its tables begin
        process = program.start("runs", "--store", self.store)
        _, problems = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)
        self.assertIn("store repair --store " + self.store, problems)
        report = ask("store", "repair", "--store", self.store)
        self.assertFalse(report["was_sound"])
        self.assertGreaterEqual(report["tables"]["runs"]["saved"], len(truth))
        self.assertTrue(os.path.exists(report["aside"]))
        ask("store", "verify", "--store", self.store)
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        self.assertTrueTo(truth, self.runs())

    def test_exit_statuses_tell_what_happened(self):
        call("ingest", status=(2,))
        call("--no-such-option", status=(2,))
        call("ingest", os.path.join(self.folder, "nowhere"), "--store", self.store, status=(1, 3))
        call("log", "0123456789abcdef", "--store", self.store, status=(1,))

    def test_half_an_output_is_no_success(self):
        logs, _ = self.simulate("full", "--executions", "20")
        ask("ingest", logs, "--store", self.store, "--zone", "UTC")
        for words in (["runs", "--json"], ["sql", "SELECT * FROM runs_v", "--csv"]):
            with open("/dev/full", "wb") as full:
                ended = subprocess.run([program.PROGRAM, *words, "--store", self.store], env=program.ENVIRONMENT,
                                       stdout=full, stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual(ended.returncode, 1, ended.stderr)
            self.assertIn("standard output", ended.stderr)

    def test_simulate_prints_the_truth(self):
        out = os.path.join(self.folder, "printed")
        printed = ask("simulate", "--out", out, "--executions", "10")
        with open(os.path.join(out, "truth.json"), encoding="utf-8") as file:
            self.assertEqual(printed, json.load(file))
        self.assertEqual(len(printed["runs"]), 10)

    def test_a_live_log_is_followed(self):
        out = os.path.join(self.folder, "live")
        os.makedirs(os.path.join(out, "framework0", "logs"))
        writer = program.start("simulate", "--out", out, "--zone", "UTC", "--live", "--rate", "400", "--concurrent", "8",
                               "--executions", "60")
        follower = program.start("tail", os.path.join(out, "framework0"), "--store", self.store, "--zone", "UTC",
                                 "--until-idle", "10", "--json")
        writer.communicate(timeout=240)
        events, problems = follower.communicate(timeout=240)
        self.assertEqual(follower.returncode, 0, problems)
        with open(os.path.join(out, "truth.json"), encoding="utf-8") as file:
            truth = json.load(file)["runs"]
        self.assertTrueTo(truth, self.runs())
        kinds = [json.loads(line)["event"] for line in events.splitlines()]
        self.assertEqual(kinds.count("run_started"), len(truth))


if __name__ == "__main__":
    unittest.main(verbosity=2)
