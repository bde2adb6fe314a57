"""What the machine allows without a server: the bare hash and the bare ledger function."""


def run_probes(report, cluster, ours, scenarios, seconds):
    """Adds the probes that were asked for."""
