"""Turns rows into ratios, checks of the targets, JSON and a Markdown table."""

import json

COLUMNS = ("scenario", "server", "req/s", "ok/s", "p50 ms", "p99 ms", "non-2xx", "server CPU µs", "PostgreSQL CPU µs",
           "core", "RSS MiB")

# scenarios that only our side has -> the opponent's nearest
TWINS = {"validate-uncached": "validate", "session-native": "session", "token-native": "validate", "login-native": "login"}


def _number(value):
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _ms(microseconds):
    return None if microseconds is None else microseconds / 1000


def _table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(_number(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


class Report:
    """Collects what a run measured."""

    def __init__(self, machine_facts):
        self.facts = machine_facts
        self.rows = []
        self.processes = {}
        self.probes = {}
        self.fairness = {}

    def row(self, side, scenario):
        """The row of one side in one scenario, or None."""
        return next((r for r in self.rows if (r["side"], r["scenario"]) == (side, scenario)), None)

    def _quotient(self, scenario, over, field="success_rate", opponent_scenario=None):
        mine, theirs = self.row("ours", scenario), self.row(over, opponent_scenario or scenario)
        if not mine or not theirs or not mine.get(field) or not theirs.get(field):
            return None
        if field == "server_cpu_us":
            return theirs[field] / mine[field]
        return mine[field] / theirs[field]

    def ratios(self):
        """Ours over each opponent, per scenario: rate of successes and processor time per request."""
        found = []
        for scenario in dict.fromkeys(r["scenario"] for r in self.rows):
            against = TWINS.get(scenario, scenario)
            entry = {"scenario": scenario}
            for side in ("bun", "node", "node-hono"):
                entry[side] = self._quotient(scenario, side, "success_rate", against)
                entry[f"{side}_cpu"] = self._quotient(scenario, side, "server_cpu_us", against)
            if any(value for key, value in entry.items() if key != "scenario"):
                found.append(entry)
        return found

    def targets(self):
        """What the project set out to reach, with what this run saw."""
        checks = []

        def check(name, value, bound, at_least=True):
            if value is not None:
                checks.append({"target": name, "bound": f"{'≥' if at_least else '≤'} {bound:g}", "measured": value,
                               "met": value >= bound if at_least else value <= bound})

        def rate(side, scenario):
            row = self.row(side, scenario)
            return row["success_rate"] if row else None

        def share(part, whole):
            return part / whole if part and whole else None

        check("session check / Bun", self._quotient("session", "bun"), 15)
        check("session check / Node", self._quotient("session", "node"), 30)
        check("native get-session / Bun", self._quotient("session-native", "bun", opponent_scenario="session"), 15)
        check("native /token / Bun", self._quotient("token-native", "bun", opponent_scenario="validate"), 12)
        check("native sign-in / Bun", self._quotient("login-native", "bun", opponent_scenario="login"), 3)
        check("native sign-in / bare Argon2id", share(rate("ours", "login-native"), self.probes.get("argon2_per_second")), 0.9)
        check("validate (cached) / Bun's token", self._quotient("validate", "bun"), 12)
        check("login / Bun", self._quotient("login", "bun"), 3)
        check("login / bare Argon2id", share(rate("ours", "login"), self.probes.get("argon2_per_second")), 0.9)
        check("credits over 1,000 wallets / Bun", self._quotient("credits", "bun"), 1.5)
        check("credits server CPU, Bun / ours", self._quotient("credits", "bun", "server_cpu_us"), 4)
        check("credits on one wallet, successes / Bun", self._quotient("credits-hot", "bun"), 3)
        hot = self.row("ours", "credits-hot")
        check("credits on one wallet, failures", hot["non_2xx"] if hot else None, 0, at_least=False)
        check("credits / bare ledger function", share(rate("ours", "credits"), self.probes.get("ledger_per_second")), 0.6)
        for name, seen in self.fairness.get("ours", {}).items():
            if name != "login" and seen["p99_us"] is not None:
                check(f"{name} p99 ms while logins saturate", seen["p99_us"] / 1000, 50, at_least=False)
        mine = self.processes.get("ours", {})
        check("idle resident MiB", mine.get("idle_mib"), 40, at_least=False)
        check("start to first 200, ms", mine.get("start_ms"), 200, at_least=False)
        check("release binary MiB", mine.get("disk_mib"), 35, at_least=False)
        return checks

    def markdown(self):
        """The whole report as Markdown."""
        parts = ["# Benchmark", "", ", ".join(f"{name}: {value}" for name, value in self.facts.items()), ""]
        if self.rows:
            parts += ["## Load", "", _table(COLUMNS, [
                (r["scenario"], r["side"], r["rate"], r["success_rate"], _ms(r["p50_us"]), _ms(r["p99_us"]),
                 str(r["non_2xx"]) + (" (reused)" if r.get("wrapped") else ""), r["server_cpu_us"], r["postgres_cpu_us"],
                 r["core_share"], r["rss_mib"]) for r in self.rows]), ""]
        ratios = self.ratios()
        if ratios:
            parts += ["## Ours against theirs (successes per second; server CPU per request, theirs over ours)", "",
                      _table(("scenario", "/ Bun", "/ Node", "/ Node, Hono", "CPU Bun", "CPU Node", "CPU Node, Hono"), [
                          tuple([e["scenario"]] + [e[f"{side}{kind}"] for kind in ("", "_cpu")
                                                   for side in ("bun", "node", "node-hono")]) for e in ratios]), ""]
        if self.processes:
            parts += ["## Processes", "", _table(
                ("server", "start to first 200, ms", "idle MiB", "after the load MiB", "peak MiB", "on disk MiB"),
                [(side, p["start_ms"], p["idle_mib"], p.get("after_mib"), p.get("peak_mib"), p["disk_mib"])
                 for side, p in self.processes.items()]), ""]
        if self.fairness:
            parts += ["## While logins saturate the hash pool", "", _table(
                ("server", "request", "ok/s", "non-2xx", "p50 ms", "p99 ms", "max ms"),
                [(side, name, r["success_rate"], str(r["non_2xx"]), _ms(r["p50_us"]), _ms(r["p99_us"]), _ms(r["max_us"]))
                 for side, loads in self.fairness.items() for name, r in loads.items()]), ""]
        if self.probes:
            parts += ["## Bounds without a server", "", _table(("probe", "per second"), list(self.probes.items())), ""]
        targets = self.targets()
        if targets:
            parts += ["## Targets", "", _table(("target", "bound", "measured", "met"), [
                (t["target"], t["bound"], t["measured"], "yes" if t["met"] else "**no**") for t in targets]), ""]
        return "\n".join(parts)

    def json(self):
        """Everything, for machines."""
        return json.dumps({
            "facts": self.facts, "rows": self.rows, "ratios": self.ratios(), "processes": self.processes,
            "fairness": self.fairness, "probes": self.probes, "targets": self.targets(),
        }, indent=1, ensure_ascii=False)
