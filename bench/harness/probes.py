"""What the machine allows without a server: the bare hash and the bare ledger function."""

import subprocess

from . import machine
from .ours import DATABASE
from .sides import HERE

BINARY = f"{HERE}/probe/target/release/bench-probe"
# as many as the server's own pool keeps
LEDGER_CONNECTIONS = 16
# what gathering buys: the function takes many uses in one call, and the server makes use of it
BATCH = 16


def _rate(*arguments):
    process = machine.spawn([BINARY, *map(str, arguments)], core=machine.SERVER_CORE, stdout=subprocess.PIPE)
    output, _ = process.communicate()
    machine.stop(process)
    if process.returncode != 0:
        machine.fail(f"the probe {arguments[0]} failed; run {BINARY} by hand to see why")
    return float(output)


def argon2(report, seconds):
    """Hashes per second on the server's core, one thread, memory reused."""
    machine.say("bare Argon2id")
    report.probes["argon2_per_second"] = _rate("argon2", seconds)


def ledger(report, cluster, ours, seconds):
    """Uses per second through the driver; needs the tables our server has migrated."""
    machine.say("bare ledger function")
    ours.ensure_migrated()
    with open(f"{HERE}/probe/wallets.sql") as wallets:
        cluster.sql(DATABASE, wallets.read())
    for name, uses in (("ledger_per_second", 1), (f"ledger_{BATCH}_a_call_per_second", BATCH)):
        report.probes[name] = _rate("ledger", seconds, cluster.url(DATABASE), f"{HERE}/probe/ledger_use.sql",
                                    LEDGER_CONNECTIONS, uses)
