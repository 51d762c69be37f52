#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores what the program's `analyze` commands answer on the reference data of RA_SHARED/groundtruth and prints the table of
figures beside their goals. A goal that is missed is no failure here, a question without an answer is."""

import json
import os
import subprocess
import sys

import program

SHARED = os.environ.get("RA_SHARED")
SCORE = os.path.join(SHARED or "", "groundtruth", "score.py")

# What each topic asks of the program; topics whose commands it has not are left out.
TOPICS = {
    "stats-nist": ("stats", "regress"),
    "stats-golden": ("eval",),
    "ts-exactness": ("arima", "decompose"),
    "forecast": ("forecast",),
    "anomaly-nab": ("anomalies",),
    "changepoint": ("changes",),
    "memory-leak": ("leak",),
    "log-templates": ("templates",),
    "error-class": ("errors",),
    "workflow-dags": ("graph",),
}


def main():
    if not SHARED or not os.path.exists(SCORE):
        print("Skipped: RA_SHARED does not name a folder with reference data (groundtruth/score.py).")
        return 77
    offered = {line.split()[0] for line in program.call("analyze", "--help").splitlines() if line.startswith("  ")}
    topics = [topic for topic, commands in TOPICS.items() if offered.issuperset(commands)]
    done = subprocess.run([sys.executable, SCORE, program.PROGRAM, "--json", *topics], capture_output=True, text=True,
                          env=program.ENVIRONMENT, check=False)
    print(done.stderr, end="", file=sys.stderr)
    report = json.loads(done.stdout)
    unanswered = 0
    for topic, figures in report.items():
        for figure in figures:
            value = figure["value"]
            unanswered += value is None
            shown = "-" if value is None else f"{value:.4g}"
            print(f"{'ok' if figure['holds'] else 'SHORT':6} {topic:14} {figure['figure'][:70]:70} {shown:>10}   goal {figure['goal']}")
    missed = sum(not figure["holds"] for figures in report.values() for figure in figures)
    print(f"{sum(map(len, report.values())) - missed} goals reached, {missed} missed, {unanswered} without an answer; "
          f"not offered: {', '.join(sorted(set(TOPICS) - set(topics))) or 'nothing'}")
    return 1 if unanswered or set(report) != set(topics) else 0


if __name__ == "__main__":
    sys.exit(main())
