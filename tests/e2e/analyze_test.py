#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of `analyze` as scripts call them: files and pipes in, JSON out, exit statuses."""

import datetime
import json
import math
import os
import random
import subprocess
import tempfile
import unittest

import program
from program import ask, call


class Analyze(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def table(self, name, values, header="value"):
        return self.write(name, header + "\n" + "".join(f"{value}\n" for value in values))

    def complaint(self, *words):
        """What is said on standard error of a call that is wrong."""
        process = program.start("analyze", *words)
        out, err = process.communicate(timeout=300)
        self.assertEqual((process.returncode, out), (2, ""), err)
        return err

    def test_a_column_is_described(self):
        got = ask("analyze", "stats", "--input", self.table("a.csv", [1, 2, "", 3, 4, 10]), "--quantiles", "0.5,0.25")
        self.assertEqual((got["n"], got["missing"], got["mean"], got["median"], got["max"]), (5, 1, 4, 3, 10))
        self.assertEqual(got["quantiles"], {"0.5": 3, "0.25": 2})
        self.assertEqual(got["ci"]["level"], 0.95)
        self.assertEqual(got["ci"]["p95"], [4, None])  # five values do not bound the tail above
        self.assertLess(got["ci"]["mean"][0], 4)

    def test_nothing_and_one_value_are_answers(self):
        got = ask("analyze", "stats", "--input", self.table("none.csv", []))
        self.assertEqual((got["n"], got["mean"], got["sd"], got["ci"]["mean"]), (0, None, None, [None, None]))
        got = ask("analyze", "stats", "--input", self.table("one.csv", [5]))
        self.assertEqual((got["mean"], got["sd"]), (5, None))

    def test_series_come_one_line_each_in_order(self):
        rows = "".join(f"s{i % 300},{i}\n" for i in range(3000))
        path = self.write("many.csv", "series,value\n" + rows)
        lines = [json.loads(line) for line in call("analyze", "stats", "--input", path, "--json").splitlines()]
        self.assertEqual([line["series"] for line in lines], [f"s{i}" for i in range(300)])
        self.assertEqual(lines[7]["mean"], 7 + 1350)
        named = self.write("named.csv", "host,cpu\na,1\nb,2\n")
        lines = call("analyze", "stats", "--input", named, "--column", "cpu", "--series", "host").splitlines()
        self.assertEqual([json.loads(line)["series"] for line in lines], ["a", "b"])

    def test_standard_input(self):
        done = subprocess.run([program.PROGRAM, "analyze", "stats", "--input", "-"], input="value\n1\n3\n", text=True,
                              capture_output=True, env=program.ENVIRONMENT, check=True)
        self.assertEqual(json.loads(done.stdout)["mean"], 2)

    def test_json_is_a_table_too(self):
        rows = [{"series": "ab"[i % 2], "t": i, "value": i * i / 10} for i in range(40)]
        csv = self.table("a.csv", (f"{r['series']},{r['t']},{r['value']}" for r in rows), "series,t,value")
        expected = call("analyze", "stats", "--input", csv)
        for text in (json.dumps(rows, indent=1), "\n".join(map(json.dumps, rows)),
                     json.dumps({name: [row[name] for row in rows] for name in rows[0]})):
            self.assertEqual(call("analyze", "stats", "--input", self.write("a.json", text)), expected)
        numbers = self.write("n.json", "[1, null, 3]")
        self.assertEqual(ask("analyze", "stats", "--input", numbers)["mean"], 2)
        self.assertIn("no column", self.complaint("stats", "--input", numbers, "--column", "x"))
        said = self.write("m.json", json.dumps([{"message": "Connection timed out"}]))
        self.assertEqual(ask("analyze", "errors", "--input", said)[0]["class"], "timeout")

    def test_exit_statuses_tell_usage_from_failure(self):
        table = self.table("a.csv", [1, 2])
        for status, words in ((2, ("stats",)), (2, ("stats", "--input", table, "--column", "x")), (2, ()),
                              (2, ("stats", "--input", table, "--level", "1")),
                              (1, ("stats", "--input", os.path.join(self.folder, "none"))),
                              (1, ("stats", "--input", self.table("b.csv", ["1", "x"]))),
                              (1, ("regress", "--input", self.write("c.csv", "y,x\n1,1\n"), "--y", "y", "--x", "x")),
                              (2, ("regress", "--input", self.write("d.csv", "y,x,z\n1,1,1\n"), "--y", "y", "--x", "x,z",
                                   "--poly", "2")),
                              (2, ("regress", "--input", table, "--y", "value", "--x", "value", "--method", "quantile",
                                   "--quantile", "1")),
                              (1, ("eval", "--input", self.write("e.json", "{"))),
                              (1, ("graph", "--input", self.write("f.json", "{}"))),
                              (1, ("forecast", "--input", table, "--horizon", "2")),
                              (2, ("forecast", "--input", table, "--horizon", "0")),
                              (1, ("arima", "--input", table, "--order", "1,0,0")),
                              (2, ("arima", "--input", table, "--order", "1,0")),
                              (1, ("decompose", "--input", table, "--period", "2")),
                              (2, ("decompose", "--input", table, "--period", "1")),
                              (2, ("control", "--input", table, "--arl0", "nan")),
                              (2, ("changes", "--input", table, "--column", "x"))):
            with self.subTest(words=words):
                call("analyze", *words, status=(status,))

    def test_a_series_without_an_answer_says_so_and_the_others_are_there(self):
        path = self.write("part.csv", "series,y,x\na,1,1\na,2,2\na,4,3\nb,1,1\n")
        text = call("analyze", "regress", "--input", path, "--y", "y", "--x", "x", "--json", status=(3,))
        first, second = map(json.loads, text.splitlines())
        self.assertAlmostEqual(first["coef"][1], 1.5)
        self.assertEqual(second["series"], "b")
        self.assertIn("fewer rows", second["error"])

    def test_regression_by_every_method(self):
        rows = "".join(f"{3 + 2 * x + (x * 7 % 5 - 2) / 10},{x},{x % 3 == 0:d}\n" for x in range(40))
        path = self.write("r.csv", "y,x,z\n" + rows)
        for method in ("ols", "huber", "theil-sen", "quantile"):
            got = ask("analyze", "regress", "--input", path, "--y", "y", "--x", "x", "--method", method)
            self.assertAlmostEqual(got["coef"][1], 2, delta=0.02, msg=method)
        got = ask("analyze", "regress", "--input", path, "--y", "z", "--x", "x,y", "--method", "logistic")
        self.assertEqual(len(got["coef"]), 3)
        got = ask("analyze", "regress", "--input", path, "--y", "y", "--x", "x", "--poly", "2")
        self.assertEqual((len(got["coef"]), got["df"], len(got["ci"])), (3, 37, 3))
        got = ask("analyze", "regress", "--input", path, "--y", "y", "--x", "x", "--no-intercept")
        self.assertEqual(len(got["coef"]), 1)

    def test_comparison(self):
        old = self.table("old.csv", [10 + i % 7 for i in range(60)])
        new = self.table("new.csv", [14 + i % 7 for i in range(50)])
        got = ask("analyze", "compare", "--input", new, "--baseline", old)
        self.assertEqual((got["n"], got["median"], got["verdict"]), ([50, 60], [17, 13], "slower"))
        self.assertLess(got["ratio"]["ci"][0], 17 / 13)
        self.assertLess(got["mann_whitney"]["p"], 1e-6)
        self.assertEqual(ask("analyze", "compare", "--input", old, "--baseline", new)["verdict"], "faster")
        self.assertEqual(ask("analyze", "compare", "--input", old, "--baseline", old)["verdict"], "same")
        few = self.table("few.csv", [1, 2])
        self.assertEqual(ask("analyze", "compare", "--input", few, "--baseline", old)["verdict"], "insufficient")

    def test_trend_over_time_in_any_order(self):
        rows = [(f"2026-01-{day:02d}T00:00:00Z", 5 + day + day * 3 % 4) for day in range(1, 29)]
        path = self.write("t.csv", "t,value\n" + "".join(f"{t},{v}\n" for t, v in rows[::-1]))
        got = ask("analyze", "trend", "--input", path)
        self.assertEqual(got["direction"], "rising")
        self.assertAlmostEqual(got["theil_sen"]["slope"] * 86400, 1, delta=0.05)
        self.assertEqual(ask("analyze", "trend", "--input", self.table("c.csv", [1, 1, 1]))["direction"], "none")

    def seasonal(self, name, days=28):
        """Hourly values with a day's wave and a slight rise, without chance."""
        rows = ((f"2026-{1 + d // 28:02d}-{1 + d % 28:02d}T{h:02d}:00:00Z",
                 20 + 8 * math.sin(2 * math.pi * h / 24) + d / 10 + (d * 24 + h) * 7 % 11 / 20)
                for d in range(days) for h in range(24))
        return self.write(name, "t,value\n" + "".join(f"{t},{v}\n" for t, v in rows))

    def test_rows_in_any_order_are_put_in_that_of_time(self):
        rows = [(60 * i, 5 * (i >= 60) + math.sin(7 * i) / 3) for i in range(120)]
        shuffled = rows[:]
        random.Random(3).shuffle(shuffled)
        tables = [self.table(name, (f"{t},{v}" for t, v in those), "t,value")
                  for name, those in (("ordered.csv", rows), ("shuffled.csv", shuffled))]
        ordered, other = (ask("analyze", "changes", "--input", path)["changes"] for path in tables)
        self.assertEqual([(c["index"], c["t"]) for c in ordered], [(60, 3600)])
        self.assertEqual([(c["index"], c["t"], c["p"]) for c in other],
                         [(shuffled.index(rows[60]), 3600, ordered[0]["p"])])
        ordered, other = (ask("analyze", "control", "--input", path, "--baseline", "40") for path in tables)
        self.assertEqual((ordered["verdict"], len(ordered["alarms"])), ("degrading", 1))
        self.assertEqual([a["t"] for a in other["alarms"]], [a["t"] for a in ordered["alarms"]])
        self.assertEqual([shuffled[a["index"]] for a in other["alarms"]], [rows[a["index"]] for a in ordered["alarms"]])
        self.assertEqual([other["statistic"][shuffled.index(row)] for row in rows], ordered["statistic"])
        ordered, other = (ask("analyze", "stats", "--input", path)["autocorrelation_lag1"] for path in tables)
        self.assertEqual(ordered, other)

    def test_what_is_no_number_is_no_option_and_names_are_unique(self):
        table = self.table("a.csv", [1, 2, 4, 3] * 10)
        for words in (("stats", "--quantiles", "nan"), ("forecast", "--horizon", "2", "--level", "nan"),
                      ("control", "--arl0", "nan")):
            self.assertIn("nan", self.complaint(*words, "--input", table), words)
        self.assertIn("nan", self.complaint("regress", "--input", table, "--y", "value", "--x", "value", "--method",
                                            "quantile", "--quantile", "nan"))
        once = program.call("analyze", "stats", "--input", table, "--quantiles", "0.5,0.5")
        self.assertEqual(once.count('"0.5"'), 1)
        once = program.call("analyze", "forecast", "--input", table, "--horizon", "1", "--level", "95,95")
        self.assertEqual(once.count('"95"'), 3)  # below, above, in the back-test

    def test_of_nothing_nothing_is_told(self):
        leak = ask("analyze", "leak", "--input", self.table("short.csv", [1, 2, 3]))
        self.assertEqual((leak["verdict"], leak["slope_bytes_per_s"], leak["ci"], leak["p"], leak["onset_index"]),
                         ("insufficient", None, [None, None], None, None))
        for name, values in (("same", [3] * 10), ("none", [""] * 10)):
            got = ask("analyze", "season", "--input", self.table(name, values))
            self.assertEqual((got["periods"], set(got["acf"])), ([], {None}))

    def test_seasons_and_parts_of_a_series(self):
        path = self.seasonal("hours.csv")
        got = ask("analyze", "season", "--input", path)
        self.assertEqual((got["periods"][0]["period"], got["periods"][0]["period_s"]), (24, 86400))
        self.assertGreater(got["periods"][0]["strength"], 0.9)
        self.assertEqual(got["acf"][0], 1)
        parts = ask("analyze", "decompose", "--input", path, "--period", "24", "--robust")
        self.assertEqual([len(parts["trend"]), len(parts["seasonal"]), len(parts["remainder"])], [672, 1, 672])
        self.assertAlmostEqual(parts["seasonal"][0][30] - parts["seasonal"][0][42], 16, delta=1)
        self.assertGreater(parts["strength"]["seasonal"][0], 0.9)
        whole = ask("analyze", "decompose", "--input", path, "--period", "24", "--seasonal-window", "periodic")
        self.assertAlmostEqual(whole["seasonal"][0][0], whole["seasonal"][0][240], places=9)
        self.assertEqual(ask("analyze", "season", "--input", self.table("one.csv", [4]))["periods"], [])

    def test_an_arima_model_of_a_given_order(self):
        path = self.table("nile.csv", [1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020,
                                       960, 1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840])
        got = ask("analyze", "arima", "--input", path, "--order", "1,0,0", "--mean")
        self.assertEqual((list(got["coef"]), list(got["se"]), got["n"]), (["ar1", "intercept"],) * 2 + (30,))
        self.assertAlmostEqual(got["aic"], 6 - 2 * got["loglik"], places=6)
        drift = ask("analyze", "arima", "--input", path, "--order", "0,1,1", "--mean")
        self.assertEqual(list(drift["coef"]), ["ma1", "drift"])

    def test_forecasts_with_intervals_and_a_back_test(self):
        path = self.seasonal("hours.csv")
        got = ask("analyze", "forecast", "--input", path, "--horizon", "24", "--level", "80,95")
        self.assertEqual((len(got["mean"]), list(got["lower"]), got["periods"][0]), (24, ["80", "95"], 24))
        for low95, low80, mean, high80, high95 in zip(got["lower"]["95"], got["lower"]["80"], got["mean"],
                                                      got["upper"]["80"], got["upper"]["95"]):
            self.assertTrue(low95 <= low80 <= mean <= high80 <= high95)
        for hour, mean in enumerate(got["mean"]):
            self.assertAlmostEqual(mean, 23 + 8 * math.sin(2 * math.pi * hour / 24), delta=2)
        self.assertLessEqual(got["backtest"]["mae"], got["backtest"]["naive_mae"])
        self.assertAlmostEqual(sum(part["weight"] for part in got["weights"]), 1, places=9)
        for method in ("arima", "ets", "theta", "lags", "harmonic", "naive"):
            one = ask("analyze", "forecast", "--input", path, "--horizon", "3", "--method", method, "--period", "24")
            self.assertEqual(len(one["mean"]), 3, method)

    def test_anomalies_of_a_stream_and_of_a_whole_series(self):
        noise = random.Random(1)
        rows = [[f"2026-01-{1 + i // 24:02d}T{i % 24:02d}:00:00Z", 20 + 8 * math.sin(2 * math.pi * i / 24) + noise.gauss(0, 1)]
                for i in range(720)]
        rows[600][1] += 30
        rows[500][1] = ""
        path = self.write("hours.csv", "timestamp,cpu\n" + "".join(f"{t},{v}\n" for t, v in rows))
        stream = ask("analyze", "anomalies", "--causal", "--input", path, "--column", "cpu")
        whole = ask("analyze", "anomalies", "--input", path, "--column", "cpu")
        for got, detector in ((stream, "jump"), (whole, "outlier")):
            self.assertEqual(len(got["scores"]), 720)
            self.assertTrue(all(0 <= score <= 1 for score in got["scores"]))
            found = {anomaly["index"]: anomaly for anomaly in got["anomalies"]}
            spike = found[600]
            self.assertEqual((spike["t"], spike["value"]), (1767225600 + 600 * 3600, rows[600][1]))
            self.assertTrue(spike["lower"] < spike["expected"] < spike["upper"] < spike["value"])
            self.assertEqual(spike["score"], got["scores"][600])
            self.assertIn(detector, spike["detectors"])
            self.assertEqual((found[500]["value"], found[500]["detectors"]), (None, ["missing"]))
        self.assertLessEqual(len(whole["anomalies"]), 4)  # noise has the right to one now and then
        part = self.write("part.csv", "timestamp,cpu\n" + "".join(f"{t},{v}\n" for t, v in rows[:650]))
        self.assertEqual(ask("analyze", "anomalies", "--causal", "--input", part, "--column", "cpu")["scores"],
                         stream["scores"][:650])
        for mode in ((), ("--causal",)):
            few = ask("analyze", "anomalies", *mode, "--input", self.table("few.csv", [1, 2, 90]))
            self.assertEqual((few["scores"], few["anomalies"]), ([0, 0, 0], []))
            self.assertEqual(ask("analyze", "anomalies", *mode, "--input", self.table("none.csv", []))["scores"], [])
            many = self.write("many.csv", "series,value\n" + "".join(f"s{i % 3},{i * 7 % 5}\n" for i in range(300)))
            lines = call("analyze", "anomalies", *mode, "--input", many, "--json").splitlines()
            self.assertEqual([json.loads(line)["series"] for line in lines], ["s0", "s1", "s2"])

    def test_changes_and_leaks(self):
        path = self.table("steps.csv", [f"{'slow' if i >= 60 else 'fast'},{i},{(30 if i >= 60 else 10) + i * 7 % 5}"
                                        for i in range(120)], header="name,t,value")
        change, = ask("analyze", "changes", "--input", path)["changes"]
        self.assertEqual((change["index"], change["t"]), (60, 60))
        self.assertAlmostEqual(change["magnitude"], 20 / 12, delta=0.1)  # relative to the level before
        for method in ("pelt", "bayes", "e-divisive"):
            change, = ask("analyze", "changes", "--input", path, "--method", method)["changes"]
            self.assertEqual(change["index"], 60, method)
            self.assertLess(change["p"], 0.05, method)
        many = self.table("many.csv", [i * 7 % 5 for i in range(5001)])
        call("analyze", "changes", "--input", many, "--method", "e-divisive", status=(1,))
        self.assertEqual(ask("analyze", "changes", "--input", self.table("few.csv", [1, 2, 9]))["changes"], [])
        noise = random.Random(1)
        rows = "".join(f"{name},{30 * i},{2e8 + growth * i + noise.uniform(0, 2e6)}\n"
                       for i in range(400) for name, growth in (("leaks", 1e5), ("stays", 0)))
        rows += "short,0,1000\n"
        text = call("analyze", "leak", "--input", self.write("rss.csv", "series,t,value\n" + rows), "--json")
        leaks, stays, short = map(json.loads, text.splitlines())
        self.assertEqual([a["verdict"] for a in (leaks, stays, short)], ["leak", "none", "insufficient"])
        self.assertAlmostEqual(leaks["slope_bytes_per_s"], 1e5 / 30, delta=100)
        self.assertTrue(leaks["ci"][0] <= 1e5 / 30 <= leaks["ci"][1])

    def test_a_level_under_control(self):
        noise = random.Random(2)
        rows = "".join(f"{name},{60 * i},{noise.gauss(20, 1) + (rise if i >= 150 else 0)}\n"
                       for i in range(200) for name, rise in (("slower", 3), ("same", 0), ("faster", -3)))
        path = self.write("c.csv", "series,t,value\n" + rows + "short,0,1\n")
        for options in ((), ("--baseline", "100"), ("--baseline", "100", "--method", "ewma")):
            lines = [json.loads(line) for line in call("analyze", "control", "--input", path, *options, "--json").splitlines()]
            self.assertEqual([a["verdict"] for a in lines], ["degrading", "stable", "improving", "insufficient"], options)
            alarm = lines[0]["alarms"][-1]
            self.assertEqual((alarm["side"], alarm["end_index"], alarm["t"]), ("high", None, 60 * alarm["index"]))
            self.assertTrue(145 <= alarm["onset_index"] <= alarm["index"] <= 160)
            self.assertGreater(alarm["statistic"], alarm["limit"])
            self.assertLess(alarm["shift_estimate"]["ci"][0], 3)
            self.assertAlmostEqual(alarm["shift_estimate"]["value"], 3, delta=0.7)
            self.assertAlmostEqual(lines[0]["target"], 20, delta=0.5)
            self.assertEqual((lines[0]["arl0"], len(lines[0]["statistic"])), (500, 200))
        better = call("analyze", "control", "--input", path, "--better", "higher", "--json").splitlines()
        self.assertEqual(json.loads(better[0])["verdict"], "improving")
        for options in (("--baseline", "5"), ("--method", "shewhart"), ("--arl0", "2"), ("--better", "no")):
            call("analyze", "control", "--input", path, *options, status=(2,))

    def test_when_a_limit_is_reached(self):
        noise = random.Random(3)
        start = datetime.datetime(2026, 1, 1)
        day = 86400
        rows = "".join(f"{name},{start + datetime.timedelta(days=d, hours=h):%Y-%m-%dT%H:%M:%SZ},"
                       f"{100 + rise * (d + h / 24) + 5 * math.sin(2 * math.pi * h / 24) + noise.gauss(0, 1)}\n"
                       for d in range(56) for h in range(24) for name, rise in (("grows", 0.5), ("stays", 0)))
        path = self.write("disk.csv", "series,t,value\n" + rows + "short,2026-01-01T00:00:00Z,1\n")
        text = call("analyze", "capacity", "--input", path, "--limit", "150", "--json")
        grows, stays, short = map(json.loads, text.splitlines())
        self.assertEqual([a["verdict"] for a in (grows, stays, short)], ["crossing", "none", "insufficient"])
        self.assertAlmostEqual(grows["growth_per_s"] * day, 0.5, delta=0.02)
        self.assertTrue(grows["growth_ci"][0] < grows["growth_per_s"] < grows["growth_ci"][1])
        # 22 to go, of which the daily peak takes 5 and noise some 2: 30 days rather than 44.
        self.assertAlmostEqual(grows["crosses_in_s"]["estimate"] / day, 30, delta=3)
        low, high = grows["crosses_in_s"]["ci"]
        self.assertTrue(low < grows["crosses_in_s"]["estimate"] < high < 40 * day)
        self.assertAlmostEqual(grows["crosses_t"]["ci"][0] - grows["crosses_in_s"]["ci"][0],
                               grows["crosses_t"]["ci"][1] - grows["crosses_in_s"]["ci"][1], delta=1)
        within = grows["probability_within"]
        self.assertEqual((list(within), within["7d"], within["90d"]), (["1d", "7d", "30d", "90d", "365d"], 0, 1))
        self.assertEqual((stays["crosses_in_s"]["ci"][1], stays["limit"]), (None, 150))
        again = call("analyze", "capacity", "--input", path, "--limit", "150", "--json")
        self.assertEqual(again, text)
        low = call("analyze", "capacity", "--input", path, "--limit", "50", "--below", "--json").splitlines()
        self.assertEqual(json.loads(low[0])["verdict"], "none")
        self.assertEqual(json.loads(call("analyze", "capacity", "--input", path, "--limit", "90", "--json").splitlines()[1])
                         ["verdict"], "already")
        for options in ((), ("--limit", "x"), ("--limit", "nan"), ("--limit", "5", "--level", "2")):
            call("analyze", "capacity", "--input", path, *options, status=(2,))

    def runs(self, name, count, strength, seed=5):
        chance = random.Random(seed)
        rows = []
        for i in range(count):
            load, recipe, note = chance.random(), chance.choice(["copy", "train", "export"]), chance.choice("abc")
            odds = math.exp(-2 + strength * (load - 0.5) + (1.5 * strength / 5 if recipe == "train" else 0))
            failed = chance.random() < odds / (1 + odds)
            rows.append(f"{i * 60},{recipe},{load if chance.random() < 0.95 else ''},{note},{'yes' if failed else 'no'}\n")
        return self.write(name, "t,recipe,load,note,failed\n" + "".join(rows))

    def test_failures_are_predicted_where_they_can_be(self):
        path = self.runs("runs.csv", 1200, 5)
        later = self.write("new.csv", "recipe,load,note\ntrain,0.95,a\ncopy,0.05,b\nnever seen,,c\n")
        got = ask("analyze", "predict", "--input", path, "--y", "failed", "--new", later)
        self.assertEqual((got["verdict"], got["n"]), ("useful", 1200))
        self.assertTrue(0.5 < got["ci"][0] < got["auc"] < got["ci"][1] < 1)
        self.assertLess(got["log_loss"], got["base"]["log_loss"])
        self.assertLess(got["brier"], got["base"]["brier"])
        self.assertEqual(got["importance"][0]["feature"], "load")
        self.assertEqual({one["feature"] for one in got["importance"]}, {"recipe", "load", "note"})
        self.assertEqual(sum(one["n"] for one in got["calibration"]), got["judged"])
        risky, safe, unknown = got["predictions"]
        self.assertEqual([p["index"] for p in got["predictions"]], [0, 1, 2])
        self.assertGreater(risky["probability"], 0.5)
        self.assertLess(safe["probability"], 0.15)
        self.assertTrue(0 < unknown["probability"] < 1)
        self.assertEqual((risky["reasons"][0]["feature"], risky["reasons"][0]["value"]), ("load", 0.95))
        self.assertGreater(risky["reasons"][0]["effect"], 0)
        self.assertIn({"feature": "recipe", "value": "train"},
                      [{"feature": r["feature"], "value": r["value"]} for r in risky["reasons"]])
        own = ask("analyze", "predict", "--input", path, "--y", "failed", "--x", "load,recipe")
        self.assertEqual(len(own["predictions"]), 1200)
        self.assertEqual(sum(p["out_of_sample"] for p in own["predictions"]), own["judged"])
        self.assertEqual({one["feature"] for one in own["importance"]}, {"recipe", "load"})

    def test_the_failing_outcome_may_be_any_cell(self):
        noise = random.Random(4)
        rows = [(x, int(noise.random() < 1 / (1 + math.exp(-3 * x)))) for x in (noise.gauss(0, 1) for _ in range(400))]

        def auc(words, outcomes):
            text = "x,state\n" + "".join(f"{x},{outcomes[failed]}\n" for x, failed in rows)
            got = ask("analyze", "predict", "--input", self.write("s.csv", text), "--y", "state", *words)
            return got["verdict"], got["positives"], got["predictions"][0]["probability"]

        plain = auc((), (0, 1))
        self.assertEqual(plain[0], "useful")
        self.assertEqual(auc(("--positive", "4"), (-2.5, 4)), plain)
        self.assertEqual(auc(("--positive", "0"), (1, 0)), plain)  # what is said counts, not the digit
        self.assertEqual(auc(("--positive", "lost"), ("ok", "lost")), plain)
        path = self.write("many.csv", "x,state\n1,0\n2,4\n")
        for words, says in (((), "it holds 4."), (("--positive", "failed"), "is none")):
            self.assertIn(says, self.complaint("predict", "--input", path, "--y", "state", *words))
        other = self.write("other.csv", "rows;hour\n1;2\n")
        many = self.write("s.csv", "x,state\n" + "".join(f"{x},{failed}\n" for x, failed in rows))
        self.assertIn("none of the columns",
                      self.complaint("predict", "--input", many, "--y", "state", "--new", other))

    def test_no_skill_is_claimed_without_any(self):
        path = self.runs("noise.csv", 600, 0)
        got = ask("analyze", "predict", "--input", path, "--y", "failed")
        self.assertEqual(got["verdict"], "no better than the base rate")
        for prediction in got["predictions"]:
            self.assertEqual((prediction["probability"], prediction["reasons"]), (got["base_rate"], []))
        few = ask("analyze", "predict", "--input", self.write("few.csv", "x,failed\n1,0\n2,1\n"), "--y", "failed")
        self.assertEqual((few["verdict"], few["n"], few["positives"], few["auc"], few["predictions"]),
                         ("insufficient", 2, 1, None, []))
        none = ask("analyze", "predict", "--input", self.write("none.csv", "x,failed\n"), "--y", "failed")
        self.assertEqual((none["verdict"], none["base_rate"]), ("insufficient", None))
        words = self.write("words.csv", "x,status\n" + "1,ok\n2,failed\n" * 5)
        got = ask("analyze", "predict", "--input", words, "--y", "status", "--positive", "failed")
        self.assertEqual((got["n"], got["positives"]), (10, 5))
        for status, options in ((2, ("--y", "status")), (2, ("--y", "x")), (2, ("--y", "no")), (2, ()),
                                (2, ("--y", "status", "--x", "nothing")), (2, ("--y", "status", "--time", "nothing"))):
            call("analyze", "predict", "--input", words, *options, status=(status,))

    def test_templates_of_lines_and_a_state_that_goes_on(self):
        lines = [f"Read {i} rows from /data/{i}.csv" for i in range(5)] + ["Nothing to do"]
        log = self.write("a.log", "\n".join(lines) + "\n")
        state = os.path.join(self.folder, "state")
        got = ask("analyze", "templates", "--input", log, "--state", state)
        names = {t["id"]: (t["template"], t["count"]) for t in got["templates"]}
        self.assertEqual(sorted(names.values()), [("Nothing to do", 1), ("Read <*> rows from <*>", 5)])
        self.assertEqual([names[a][1] for a in got["assignments"]], [5] * 5 + [1])
        again = ask("analyze", "templates", "--input", log, "--state", state, "--no-assignments")
        self.assertEqual({t["id"]: (t["template"], t["count"]) for t in again["templates"]}, names)
        self.assertNotIn("assignments", again)
        self.assertEqual(ask("analyze", "templates", "--input", self.write("none.log", "")), {"templates": [], "assignments": []})
        many = self.write("many.log", "".join(f"worker {i} took {i * 7} ms\r\n" for i in range(60_000)))  # several threads
        only, = ask("analyze", "templates", "--input", many, "--no-assignments")["templates"]
        self.assertEqual((only["template"], only["count"]), ("worker <*> took <*> ms", 60_000))
        call("analyze", "templates", "--input", log, "--state", self.write("bad", "no state"), status=(1,))

    def test_errors_and_what_corrections_teach(self):
        trace = 'Traceback (most recent call last):\n  File ""/a/b.py"", line {}, in load\n    f()\n{}'
        rows = ("TimeoutError: timed out after 30 s", "TimeoutError: timed out after 31 s",
                trace.format(7, "PermissionError: [Errno 13] Permission denied: '/x'"),
                trace.format(7, "PermissionError: [Errno 13] Permission denied: '/y'"), "the flux capacitor is out of phase")
        failures = self.write("f.csv", "message\n" + "".join(f'"{row}"\n' for row in rows))
        got = ask("analyze", "errors", "--input", failures)
        self.assertEqual([a["class"] for a in got[:4]], ["timeout"] * 2 + ["permission"] * 2)
        self.assertEqual([a["exception"] for a in got], ["TimeoutError"] * 2 + ["PermissionError"] * 2 + [None])
        self.assertEqual(got[0]["signature"], got[1]["signature"])
        self.assertEqual(got[2]["signature"], got[3]["signature"])
        self.assertEqual(len({a["signature"] for a in got}), 3)
        self.assertTrue(all(0 <= a["probability"] <= 1 for a in got))
        model = os.path.join(self.folder, "model")
        corrections = self.write("c.csv", "message,class\n" + "the flux capacitor is out of phase,configuration\n" * 5)
        learnt = ask("analyze", "errors", "--input", failures, "--model", model, "--corrections", corrections)
        self.assertEqual(learnt[4]["best_class"], "configuration")
        self.assertEqual([a["signature"] for a in learnt], [a["signature"] for a in got])
        self.assertEqual(ask("analyze", "errors", "--input", failures, "--model", model), learnt)
        wrong = self.write("w.csv", "message,class\nx,weather\n")
        for status, words in ((1, ("--model", model, "--corrections", wrong)), (2, ("--corrections", corrections)),
                              (1, ("--model", self.write("bad", "no model"))), (2, ("--column", "text"))):
            call("analyze", "errors", "--input", failures, *words, status=(status,))

    def test_the_end_of_a_traceback_names_its_exception(self):
        cells = ['  File "b.py", line 20, in g\n    raise ValueError("bad")\nValueError: bad',
                 '  File "a.py", line 1\r\n    x =\r\n       ^\r\nSyntaxError: invalid syntax\r\n\r\n',
                 'in File "a.py" things failed\nKeyError: 1', "ValueError: bad"]
        path = self.write("cut.json", json.dumps([{"message": cell} for cell in cells]))
        got = ask("analyze", "errors", "--input", path)
        self.assertEqual([one["exception"] for one in got], ["ValueError", "SyntaxError", None, "ValueError"])
        self.assertEqual(got[0]["signature"], got[3]["signature"])

    def test_functions_by_their_names(self):
        cases = {"data": {"x": [1, 2, None, 4], "y": [2, 2, 3, 9]}, "cases": [
            {"id": "a", "fn": "summary", "input": {"data": "x"}},
            {"id": "b", "fn": "quantile", "input": {"data": [3, 1, 2], "type": 7, "p": [0.5]}},
            {"id": "c", "fn": "no_such", "input": {}},
            {"id": "d", "fn": "welch_t", "input": {"a": "x"}},
            {"id": "e", "fn": "mean_ci_t", "input": {"data": "z"}},
            {"id": "f", "fn": "theil_sen", "input": {"data": "y", "level": "high"}},
            {"id": "g"}, 7, {"id": 8, "fn": "no_such"}]}
        text = call("analyze", "eval", "--input", self.write("cases.json", json.dumps(cases)), "--json", status=(3,))
        results = json.loads(text)["results"]
        self.assertEqual([r.get("id") for r in results], ["a", "b", "c", "d", "e", "f", "g", None, 8])
        self.assertEqual(results[0]["output"]["n"], 3)
        self.assertEqual(results[1]["output"], {"q": [2]})
        for result in results[2:]:
            self.assertNotIn("output", result)
            self.assertTrue(result["error"])

    def test_every_function_of_the_mathematics_has_a_name(self):
        counts = [3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
        # By R 4.2: fisher.test (the lady tasting tea), chisq.test, Box.test, poisson.test, power.t.test; by hand:
        # weights, and the middle of 23 and 1 o'clock.
        cases = {"fisher": ({"a": 3, "b": 1, "c": 1, "d": 3}, "p", 0.485714285714286),
                 "chi_squared": ({"counts": [12, 5, 7, 9, 3, 14], "columns": 3}, "p", 0.2032127165),
                 "ljung_box": ({"data": counts, "lags": 2}, "df", 2),
                 "poisson_rate_ci": ({"events": 10, "exposure": 2}, "hi", 9.195178),
                 "power_t": ({"d": 0.5}, "runs", 64),
                 # By R 4.2: power.prop.test(p1 = .5, p2 = .75, power = .9) 76.7; n for a mean: 2.101 sqrt(1/18) < .5.
                 "power_proportions": ({"p1": 0.5, "p2": 0.75, "power": 0.9}, "runs", 77),
                 "runs_for_mean": ({"sd": 1, "margin": 0.5}, "runs", 18),
                 "power_mann_whitney": ({"superiority": 0.5}, "runs", None),
                 "anderson_darling_two_sample": ({"a": [5] * 9, "b": [5] * 9}, "p", None),
                 "circular": ({"data": [23, 1], "period": 24}, "mean", 0),
                 "weighted": ({"data": [1, 2], "weights": [3, 1]}, "mean", 1.25),
                 "levene": ({"a": [1, 2, 3], "b": [1, 2, 3]}, "F", 0),
                 "permutation": ({"a": [1, 2, 3], "b": [4, 5, 6]}, "p", 0.1),
                 "runs": ({"data": [1, 9] * 5}, "runs", 10),
                 "anderson_darling": ({"data": [5] * 9}, "p", None),
                 "autocorrelation": ({"data": [1, 2, 3, 4], "lags": 1}, "pacf", [0.25]),
                 "stationarity": ({"data": [1, 2, 3]}, "kpss_p", None)}
        path = self.write("more.json", json.dumps({"cases": [{"id": name, "fn": name, "input": given}
                                                             for name, (given, _, _) in cases.items()]}))
        for answer in ask("analyze", "eval", "--input", path)["results"]:
            _, key, expected = cases[answer["id"]]
            got = answer["output"][key]
            if isinstance(expected, float):
                self.assertAlmostEqual(got, expected, 6, answer["id"])
            elif answer["id"] == "circular":
                self.assertLess(min(got, 24 - got), 1e-9)
            else:
                self.assertEqual(got, expected, answer["id"])

    def test_graphs_of_every_kind(self):
        recipe = self.write("r.yaml", "steps:\n  - {name: load, module: m, function: F}\n"
                                      "  - {name: clean, module: m, function: F, depends_on: [load]}\n"
                                      "  - {name: clean, module: m, function: F, depends_on: [clean, nobody]}\n")
        got = ask("analyze", "graph", "--input", recipe, "--workers", "1,2", "--what-if", "clean=5")
        self.assertEqual(got["critical_path"], ["load", "clean", "clean (2)"])
        self.assertEqual((got["durations"], got["unknown_dependencies"]), ("assumed", ["nobody"]))
        self.assertEqual((got["makespan_s"], got["what_if"]["critical_path_s"]), ({"1": 3, "2": 3}, 7))
        timeline = self.write("t.json", json.dumps({"recipe_id": "r", "recipe_name": "r", "total_duration": 6, "steps": [
            {"name": "a", "execution_time": 2, "dependencies": []}, {"name": "b", "execution_time": 3, "dependencies": ["a"]},
            {"name": "c", "execution_time": None, "dependencies": ["a"]}]}))
        got = ask("analyze", "graph", "--input", timeline)
        self.assertEqual((got["critical_path_s"], got["slack_s"]["c"], got["durations"]), (5, 3, "recorded"))
        self.assertEqual(got["without_duration"], ["c"])
        old = self.write("old.json", json.dumps({"workflow": {"tasks": [
            {"name": "a", "runtime": 2, "children": ["b"]}, {"name": "b", "runtime": 1, "parents": ["a"]}]}}))
        got = ask("analyze", "graph", "--input", old)
        self.assertEqual((got["tasks"], got["edges"], got["work_s"]), (2, 1, 3))
        self.assertFalse({"unknown_dependencies", "without_duration"} & set(got))

    def test_what_of_a_workflow_does_not_count_is_told(self):
        tasks = [{"id": "a", "children": ["b", "gone"]}, {"id": "b", "parents": ["a", "gone", "lost"]}, {"id": "c"}]
        times = [{"id": "a", "runtimeInSeconds": -2}, {"id": "b", "runtimeInSeconds": 3}]
        got = ask("analyze", "graph", "--input", self.write("left.json", json.dumps(
            {"workflow": {"specification": {"tasks": tasks}, "execution": {"tasks": times}}})))
        self.assertEqual((got["tasks"], got["edges"], got["work_s"]), (3, 1, 3))
        self.assertEqual((got["unknown_dependencies"], got["without_duration"]), (["gone", "lost"], ["a", "c"]))

    def test_a_duration_that_is_no_number_is_not_nought(self):
        path = self.write("w.json", json.dumps({"workflow": {
            "specification": {"tasks": [{"id": "a", "name": "a", "parents": [], "children": []}]},
            "execution": {"tasks": [{"id": "a", "runtimeInSeconds": 1}]}}}))
        for given in ("a=", "a=1e999", "a=inf", "a=nan", "a=-1", "a=1s"):
            self.assertIn("ID=SECONDS", self.complaint("graph", "--input", path, "--what-if", given), given)
        got = ask("analyze", "graph", "--input", path, "--what-if", "a=2.5", "--workers", "2,2")
        self.assertEqual(got["what_if"]["critical_path_s"], 2.5)

    def test_steps_that_wait_for_each_other_are_named(self):
        ring = {"workflow": {"specification": {"tasks": [{"id": "a", "children": ["b"]}, {"id": "b", "children": ["a"]}]}}}
        text = call("analyze", "graph", "--input", self.write("ring.json", json.dumps(ring)), "--json", status=(1,))
        self.assertEqual(json.loads(text)["cycles"], [["a", "b"]])
        for change in ("a", "nobody=1", "a=x", "a=-1"):
            call("analyze", "graph", "--input", self.write("ok.json", json.dumps({"workflow": {"tasks": [{"id": "a"}]}})),
                 "--what-if", change, status=(2,))


if __name__ == "__main__":
    unittest.main(verbosity=2)
