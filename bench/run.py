#!/usr/bin/env python3
"""Measures Mana Auth against the real Better Auth on one machine; bench/README.md explains."""

import argparse
import datetime
import os
import subprocess
import sys

from harness import machine, probes
from harness.cluster import ROOT, Cluster
from harness.load import Load
from harness.ours import Ours
from harness.report import Report
from harness.sides import Bun, Node, NodeHono

SIDES = {side.key: side for side in (Ours, Bun, Node, NodeHono)}
# scenario -> (measured seconds as a multiple of --seconds, connections, warm-up connections)
LOADS = {
    "health": (1, 32, 32),
    "session": (1, 32, 32),
    "session-native": (1, 32, 32),
    "token-native": (1, 32, 32),
    "validate": (1, 32, 32),
    "validate-uncached": (0.25, 32, 0),
    # few connections: Bun answers all waiting sign-ins at once, and with many a short run would count too few of them
    "login": (2, 8, 2),
    "login-native": (2, 8, 2),
    "register": (2, 8, 2),
    "credits": (1, 32, 32),
    "credits-hot": (1, 32, 32),
}
SCENARIOS = [*LOADS, "fairness", "argon2", "ledger"]
STARTS = 5


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("scenario", nargs="*", help="of: " + ", ".join(SCENARIOS) + " (default: all)")
    parser.add_argument("--sides", default="ours,bun,node", help="of: " + ", ".join(SIDES))
    parser.add_argument("--seconds", type=int, default=4, help="measured seconds of a fast scenario; hashing takes twice as long")
    parser.add_argument("--fsync", choices=("on", "off"), default="off", help="durability of the shared PostgreSQL, the same for all")
    parser.add_argument("--binary", default=f"{ROOT}/target/release/mana-auth", help="our server")
    parser.add_argument("--out", default=None, help="folder for report.md, report.json and the servers' logs")
    chosen = parser.parse_args()
    unknown = set(chosen.scenario) - set(SCENARIOS) | set(chosen.sides.split(",")) - set(SIDES)
    if unknown:
        parser.error("unknown: " + ", ".join(sorted(unknown)))
    return chosen


def measure(side, cluster, scenario, base_seconds):
    """One row: warm up, wait for quiet, load, account."""
    factor, connections, warm = LOADS[scenario]
    prepared = side.prepare(scenario)
    if prepared is None:
        return None
    if warm:
        Load(side.port, prepared.requests, seconds=side.warm_seconds.get(scenario, 1), connections=warm).result()
        if prepared.once:
            prepared = side.prepare(scenario)
    machine.wait_until_idle(side.process.pid)
    before = machine.cpu_seconds(side.process.pid), cluster.cpu_seconds()
    seen = Load(side.port, prepared.requests, seconds=max(1, round(base_seconds * factor)), connections=connections).result()
    after = machine.cpu_seconds(side.process.pid), cluster.cpu_seconds()
    answered = max(seen["requests"], 1)
    machine.wait_until_idle(side.process.pid)
    return {
        "side": side.key, "scenario": scenario, **seen,
        "wrapped": prepared.once and seen["requests"] > len(prepared.requests),
        "server_cpu_us": (after[0] - before[0]) * 1e6 / answered,
        "postgres_cpu_us": (after[1] - before[1]) * 1e6 / answered,
        "core_share": (after[0] - before[0]) / (seen["duration_us"] / 1e6),
        "rss_mib": machine.memory_mib(side.process.pid)[0],
    }


def fairness(side, base_seconds):
    """Logins at full load; beside them a steady trickle of health and session checks."""
    login, health, session = (side.prepare(name) for name in ("login", "health", "session"))
    seconds = max(2, round(base_seconds * 1.5))
    loads = {
        "login": Load(side.port, login.requests, seconds=seconds, connections=32),
        "health": Load(side.port, health.requests, seconds=seconds, connections=8, delay_ms=20),
        "session": Load(side.port, session.requests, seconds=seconds, connections=8, delay_ms=20),
    }
    seen = {name: load.result() for name, load in loads.items()}
    machine.wait_until_idle(side.process.pid)
    return seen


def run_side(side, cluster, scenarios, base_seconds, report, bounds):
    """Everything about one server, from its first start to its stop.

    `bounds` are probes by the scenario they bound: each runs right after it, while the machine is as it was.
    """
    machine.say(f"{side.title}: database")
    side.create_database()
    machine.say(f"{side.title}: {STARTS} starts")
    side.start()
    side.stop()
    starts = side.starts(STARTS)
    side.call("GET", side.session_path)
    machine.wait_until_idle(side.process.pid)
    facts = {"title": side.title, "start_ms": starts["median"], "starts_ms": starts["all"],
             "idle_mib": machine.memory_mib(side.process.pid)[0], "disk_mib": side.disk_mib()}
    report.processes[side.key] = facts
    for scenario in (name for name in LOADS if name in scenarios):
        machine.say(f"{side.title}: {scenario}")
        row = measure(side, cluster, scenario, base_seconds)
        if row:
            report.rows.append(row)
            machine.say(f"{side.title}: {scenario}: {row['success_rate']:,.1f} ok/s, p99 {(row['p99_us'] or 0) / 1000:.1f} ms, "
                        f"{row['server_cpu_us']:,.0f} µs CPU, {row['non_2xx']} non-2xx")
        if scenario in bounds:
            bounds.pop(scenario)()
    if "fairness" in scenarios:
        machine.say(f"{side.title}: fairness")
        report.fairness[side.key] = fairness(side, base_seconds)
    facts["after_mib"], facts["peak_mib"] = side.memory_mib()
    side.stop()


def describe(cluster):
    """What a reader must know to judge the numbers."""
    def text(*command):
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        return done.stdout.strip()

    with open("/proc/cpuinfo") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "unknown")
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": text("git", "rev-parse", "--short", "HEAD") + ("+" if text("git", "status", "--porcelain", "-uno") else ""),
        "machine": f"{model}, {os.cpu_count()} cores",
        "server core": machine.SERVER_CORE, "PostgreSQL and wrk core": machine.OTHER_CORE,
        "load before": f"{os.getloadavg()[0]:.2f}",
        "PostgreSQL": f"{cluster.version()}, fsync {cluster.fsync}",
        "better-auth": text("node", "-p", "require('./bench/opponent/node_modules/better-auth/package.json').version"),
        "Bun": text(f"{ROOT}/bench/opponent/node_modules/.bin/bun", "--version"), "Node": text("node", "--version"),
    }


def main():
    """Runs what was asked for; the report goes to standard output and to files."""
    chosen = parse()
    scenarios = chosen.scenario or SCENARIOS
    out = chosen.out or f"{ROOT}/target/bench/{datetime.datetime.now(datetime.UTC):%Y%m%d-%H%M%S}"
    os.makedirs(out, exist_ok=True)
    if machine.SERVER_CORE == machine.OTHER_CORE:
        machine.say("only one core: server, PostgreSQL and generator share it, absolute numbers mean little")
    with Cluster(chosen.fsync) as cluster:
        report = Report(describe(cluster))
        sides = {key: SIDES[key](cluster, out) for key in chosen.sides.split(",")}
        ours = sides.get("ours")
        bounds = {}
        if "argon2" in scenarios:
            bounds["login"] = lambda: probes.argon2(report, chosen.seconds)
        if ours:
            ours.binary = chosen.binary
            if "ledger" in scenarios:
                bounds["credits"] = lambda: probes.ledger(report, cluster, ours, chosen.seconds)
        if set(scenarios) - {"argon2", "ledger"}:
            for key, side in sides.items():
                run_side(side, cluster, scenarios, chosen.seconds, report, bounds if key == "ours" else {})
        for probe in bounds.values():
            probe()
    with open(f"{out}/report.json", "w") as file:
        file.write(report.json())
    with open(f"{out}/report.md", "w") as file:
        file.write(report.markdown())
    print(report.markdown())
    machine.say(f"written to {out}")


if __name__ == "__main__":
    sys.exit(main())
