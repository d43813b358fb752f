"""Sweeps whose processes are killed at random, against the same sweep left alone.

    python3 tests/crash/sweep_chaos.py build/assay . --sweeps 50 --trials 200 --workers 4 --shim build/lib/libcrash_shim.so

Each sweep is begun with `assay sweep`; every few hundred milliseconds one of its processes - a worker or the command
itself - is killed, or stopped for a while, or the disk is full for a while; when the command is gone it is begun again.
With --shim the file system behaves as one over a network: replies to link and rename get lost, and processes see files
and listings as they were a while ago. In the end there must be every trial, each with one result, and all of them those
of the sweep that nobody disturbed. Exit code 1 if not.
"""
import argparse
import glob
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

CONFIG = """
assay: 1
name: chaos
dataset: {{type: digits, transforms: [standardize]}}
model: {{type: mlp, hidden: [16], dropout: 0.1}}
optimizer: {{type: adamw, lr: 1e-3}}
train: {{batch_size: 64, until: {epochs} epochs, log_every: 1 epoch}}
metrics: [accuracy]
sweep:
  sampler: {{type: tpe, startup: 8}}
  sync: window
  objective: {{metric: valid/loss}}
  trials: {trials}
  retry: {{lost: 100000}}
  space:
    model.dropout: {{uniform: [0, 0.5]}}
    optimizer.lr: {{loguniform: [1e-4, 1e-1]}}
"""


def children(pid):
    found = []
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        try:
            with open(path) as file:
                found += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return found


def results(study):
    """Of every trial what it drew and gave, from the workers' logs; a trial that is there twice must be there alike."""
    ends = {}
    for path in glob.glob(f"{study}/w/*.log"):
        with open(path, "rb") as file:
            for line in file.read().split(b"\n")[:-1]:
                try:
                    end = json.loads(line[9:])
                except ValueError:
                    continue  # torn by a kill
                if "end" not in end:
                    continue
                told = (end["how"], end.get("value"), json.dumps(end["proposal"], sort_keys=True), end["metrics"],
                        end.get("reason"), end.get("message"))
                if ends.setdefault(end["end"], told) != told:
                    raise SystemExit(f"{study}: trial {end['end']} has two ends: {ends[end['end']]} and {told}")
    return ends


class Faults:
    """What the shim does to a sweep's files, and a disk that is full while a file is there."""

    def __init__(self, options, runs):
        self.full = f"{runs}.full"
        self.variables = {}
        if options.shim:
            self.variables = {
                "LD_PRELOAD": os.path.abspath(options.shim),
                "CRASH_ROOT": runs,
                "CRASH_FULL": self.full,
                "CRASH_LOST": str(options.lost),
                "CRASH_STALE_MS": str(options.stale_ms),
            }

    def fill(self, seconds):
        with open(self.full, "w"):
            pass
        time.sleep(seconds)
        os.unlink(self.full)


class Sweep:
    def __init__(self, assay, source, config, runs, workers, faults=None):
        self.words = [assay, "sweep", config, "--runs", runs, "--workers", str(workers), "--quiet"]
        self.source = source
        self.faults = faults

    def start(self):
        variables = dict(os.environ, **(self.faults.variables if self.faults else {}))
        return subprocess.Popen(self.words, cwd=self.source, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def undisturbed(self):
        process = self.start()
        out, err = process.communicate()
        if process.returncode != 0:
            raise SystemExit(f"the undisturbed sweep failed: {err}")
        return out.strip()

    def disturbed(self, rng, kills, most_seconds):
        """The study's folder, how often something was killed, and how often the command was begun."""
        n_starts = 0
        begun = time.monotonic()
        while True:
            process = self.start()
            n_starts += 1
            while process.poll() is None:
                time.sleep(rng.uniform(0.02, 0.4))
                if time.monotonic() - begun > most_seconds:
                    continue  # enough: let it end
                if self.faults.variables and rng.random() < 0.1:
                    self.faults.fill(rng.uniform(0.05, 0.5))
                    kills["full"] += 1
                    continue
                workers = children(process.pid)
                if not workers:
                    continue  # it still reads its config
                victim = rng.choice(workers) if rng.random() < 0.75 else process.pid
                try:
                    if rng.random() < 0.1:
                        os.kill(victim, signal.SIGSTOP)
                        time.sleep(rng.uniform(0.05, 0.5))
                        os.kill(victim, signal.SIGCONT)
                        kills["stalled"] += 1
                    else:
                        os.kill(victim, signal.SIGKILL)
                        kills["submitter" if victim == process.pid else "worker"] += 1
                except ProcessLookupError:
                    pass
            out, err = process.communicate()
            if process.returncode == 0:
                return out.strip(), n_starts
            # Stopped, or what a full disk or a file system that forgets may end a process with.
            expected = (-signal.SIGKILL, 10, 4, 5, 75) if self.faults.variables else (-signal.SIGKILL, 10)
            gave_up = process.returncode == 70 and "before they found a trial" in err  # three workers in a row were killed between trials
            if process.returncode not in expected and not gave_up:
                raise SystemExit(f"exit code {process.returncode}: {err}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("assay")
    parser.add_argument("source")
    parser.add_argument("--sweeps", type=int, default=1)
    parser.add_argument("--trials", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=10, help="of killing, in each sweep")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shim", help="the library crash_shim: a file system as over a network, and full disks")
    parser.add_argument("--lost", type=float, default=0.01, help="share of link and rename whose reply is lost")
    parser.add_argument("--stale-ms", type=int, default=150, help="how long files and listings are seen as they were")
    options = parser.parse_args()
    assay, source = os.path.abspath(options.assay), os.path.abspath(options.source)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ASSAY_LANES"] = f"{folder}/lanes"  # others on this machine do not wait for these
        config = f"{folder}/chaos.yaml"
        with open(config, "w") as file:
            file.write(CONFIG.format(trials=options.trials, epochs=options.epochs))
        expected = results(Sweep(assay, source, config, f"{folder}/alone", 1).undisturbed())
        if len(expected) != options.trials:
            raise SystemExit(f"the undisturbed sweep has {len(expected)} results, not {options.trials}")
        kills = {"worker": 0, "submitter": 0, "stalled": 0, "full": 0}
        for number in range(options.sweeps):
            rng = random.Random(options.seed + number)
            runs = f"{folder}/{number}"
            sweep = Sweep(assay, source, config, runs, options.workers, Faults(options, runs))
            study, n_starts = sweep.disturbed(rng, kills, options.seconds)
            got = results(study)
            if got != expected:
                for trial in sorted(set(expected) | set(got)):
                    if expected.get(trial) != got.get(trial):
                        print(f"sweep {number}, trial {trial}: {got.get(trial)}, undisturbed {expected.get(trial)}")
                return 1
            print(f"sweep {number}: {len(got)} trials as undisturbed, begun {n_starts} times", flush=True)
        print(f"{options.sweeps} sweeps, {kills}: every trial once, all results those of the undisturbed sweep")
    return 0


if __name__ == "__main__":
    sys.exit(main())
