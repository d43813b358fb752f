"""Sweeps whose processes are killed at random, against the same sweep left alone.

    python3 tests/crash/sweep_chaos.py build/assay . --sweeps 50 --trials 200 --workers 4 --shim build/lib/libcrash_shim.so

Each sweep is begun with `assay sweep`; every few trials, and now and then before there is one more, one of its
processes - a worker or the command itself - is killed, or stopped for a while, or the disk is full for a while; when the
command is gone it is begun again.
With --shim the file system behaves as one over a network: replies to link and rename get lost, and processes see files
and listings as they were a while ago. Half of the workers are then on another machine, by all that can be seen, so that
one that is stopped for longer than its lease (a second or two: clocks are hurried) is overtaken, and fenced when it
goes on. In the end there must be every trial, each with one result and a record that is whole, nothing set aside as
damaged, and all results those of the sweep that nobody disturbed. Exit code 1 if not; the study is then kept.
`--first N` goes on where an interrupted campaign was.
"""
import argparse
import glob
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LEASE_S = 180  # runner/store/lease.h: without a sign of life for so long, others go on
LONGEST_WAIT_S = 10

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


def read_json(path):
    try:
        with open(path, "rb") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def digest(path):
    """As core/io/digest.h: over the digests of blocks of 4 MiB."""
    whole = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(4 << 20):
            whole.update(hashlib.sha256(block).digest())
    return whole.hexdigest()


def problems(assay, study):
    """What is wrong with the records of the trials."""
    found = [f"{path} was set aside" for path in glob.glob(f"{study}/t/*/*.damaged.*")]
    for path in glob.glob(f"{study}/t/*/*/result.json"):
        trial, result = os.path.dirname(path), read_json(path)
        if result and os.path.exists(f"{trial}/run.h5") and digest(f"{trial}/run.h5") == result["record"]["digest"]:
            continue
        # One that was overtaken may have replaced it; the journals make it again.
        checked = subprocess.run([assay, "runs", "check", trial], capture_output=True, text=True)
        if checked.returncode != 0:
            found.append(f"{trial}: {checked.stdout}{checked.stderr}")
    return found


def count_takeovers(study):
    """How often a worker went on with a trial of another machine that had not said how it ended."""
    n = 0
    for path in glob.glob(f"{study}/t/*/*/claim.*"):
        stem, attempt = path.rsplit(".", 1)
        before = read_json(f"{stem}.{int(attempt) - 1}")
        end = read_json(f"{os.path.dirname(path)}/released.{int(attempt) - 1}") or {}
        n += bool(before) and end.get("found_lost", False) and before["boot_id"] != read_json(path)["boot_id"]
    return n


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
                "CRASH_HURRY": str(options.hurry),
            }

    def elsewhere(self):
        """Of a process on another machine."""
        boot_id = f"{self.full}.boot_id"
        with open(boot_id, "w") as file:
            file.write("00000000-1111-2222-3333-444444444444\n")
        return dict(self.variables, CRASH_HOST="elsewhere", CRASH_BOOT_ID=boot_id)

    def fill(self, seconds):
        with open(self.full, "w"):
            pass
        time.sleep(seconds)
        os.unlink(self.full)


class Asleep:
    """Processes that are stopped for longer than their lease."""

    def __init__(self):
        self.until = {}

    def send(self, process, seconds):
        os.kill(process, signal.SIGSTOP)
        self.until[process] = time.monotonic() + seconds

    def wake_due(self, all=False):
        for process, until in list(self.until.items()):
            if all or time.monotonic() >= until:
                del self.until[process]
                try:
                    os.kill(process, signal.SIGCONT)
                except ProcessLookupError:
                    pass


class Sweep:
    # What a process of a sweep may end with: killed, stopped; with the shim, as the disk was full or forgot.
    EXPECTED = (0, -signal.SIGKILL, -signal.SIGTERM, 10)
    EXPECTED_OF_A_BAD_DISK = (4, 5, 75)

    def __init__(self, options, config, runs, n_workers, faults=None):
        self.assay, self.source = os.path.abspath(options.assay), os.path.abspath(options.source)
        self.runs, self.faults, self.lease_s = runs, faults, LEASE_S / options.hurry
        self.has_network = bool(faults and faults.variables)
        self.n_elsewhere = n_workers // 2 if self.has_network else 0
        self.words = ["sweep", config, "--runs", runs, "--workers", str(n_workers - self.n_elsewhere)]
        self.here = self.elsewhere = None
        self.said = {}

    def start(self, words, variables):
        # To files: workers that are stopped when their command is killed would keep a pipe open.
        out, err = tempfile.TemporaryFile("w+"), tempfile.TemporaryFile("w+")
        process = subprocess.Popen([self.assay, *words, "--quiet"], cwd=self.source,
                                   env=dict(os.environ, **variables), stdout=out, stderr=err)
        self.said[process.pid] = (out, err)
        return process

    def wait_for(self, process):
        """What it said, to stdout and to stderr."""
        process.wait()
        texts = []
        for file in self.said.pop(process.pid):
            file.seek(0)
            texts.append(file.read())
            file.close()
        return texts

    def undisturbed(self):
        process = self.start(self.words, {})
        out, err = self.wait_for(process)
        if process.returncode != 0:
            raise SystemExit(f"the undisturbed sweep failed: {err}")
        return out.strip()

    def disturbed(self, rng, counts, most_faults):
        """The study's folder, and how often the command was begun."""
        n_starts, n_before, asleep = 0, sum(counts.values()), Asleep()
        while True:
            self.here = self.start(self.words, self.faults.variables)
            n_starts += 1
            while self.here.poll() is None:
                self.wait(rng, asleep)
                self.join_from_elsewhere()
                if sum(counts.values()) - n_before < most_faults:
                    self.disturb(rng, counts, asleep)
            study = self.ended(self.here)
            if study is not None:
                asleep.wake_due(all=True)
                if self.elsewhere:
                    self.ended(self.elsewhere)
                return study, n_starts

    def wait(self, rng, asleep):
        """Mostly for the next trial's end, so that a slow machine gets on as well as a fast one."""
        before, until = self.bytes_logged(), time.monotonic() + (LONGEST_WAIT_S if rng.random() < 0.8 else 0)
        time.sleep(rng.uniform(0.02, 0.4))
        while self.here.poll() is None and time.monotonic() < until and self.bytes_logged() == before:
            asleep.wake_due()
            time.sleep(0.02)
        asleep.wake_due()

    def bytes_logged(self):
        return sum(os.path.getsize(path) for path in glob.glob(f"{self.runs}/*/*/w/*.log"))

    def join_from_elsewhere(self):
        studies = glob.glob(f"{self.runs}/*/*/spec.json")
        if not self.n_elsewhere or not studies:
            return
        if self.elsewhere and self.elsewhere.poll() is not None:
            self.ended(self.elsewhere)
            self.elsewhere = None
        if not self.elsewhere:
            words = ["worker", os.path.dirname(studies[0]), "--workers", str(self.n_elsewhere)]
            self.elsewhere = self.start(words, self.faults.elsewhere())

    def disturb(self, rng, counts, asleep):
        if self.has_network and rng.random() < 0.1:
            self.faults.fill(rng.uniform(0.05, 0.5))
            counts["full"] += 1
            return
        command = rng.choice([process for process in (self.here, self.elsewhere) if process]).pid
        workers = [worker for worker in children(command) if worker not in asleep.until]
        if not workers:
            return  # it still reads its config
        victim = rng.choice(workers) if rng.random() < 0.75 else command
        how = rng.random()
        try:
            if how < 0.15 and self.has_network and victim != command and len(asleep.until) < 2:
                asleep.send(victim, self.lease_s * rng.uniform(1.1, 2))
                counts["asleep"] += 1
            elif how < 0.25:
                os.kill(victim, signal.SIGSTOP)
                time.sleep(rng.uniform(0.05, 0.5))
                os.kill(victim, signal.SIGCONT)
                counts["stalled"] += 1
            else:
                os.kill(victim, signal.SIGKILL)
                counts["submitter" if victim == command else "worker"] += 1
        except ProcessLookupError:
            pass

    def ended(self, process):
        """The study's folder if all of it is done, else nothing."""
        out, err = self.wait_for(process)
        gave_up = process.returncode == 70 and "before they found a trial" in err  # three workers killed in a row
        expected = self.EXPECTED + (self.EXPECTED_OF_A_BAD_DISK if self.has_network else ())
        if process.returncode not in expected and not gave_up:
            raise SystemExit(f"exit code {process.returncode}: {err}")
        return out.strip() if process.returncode == 0 else None


def differences(expected, got):
    return [f"trial {trial}: {got.get(trial)}, undisturbed {expected.get(trial)}"
            for trial in sorted(set(expected) | set(got)) if expected.get(trial) != got.get(trial)]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("assay")
    parser.add_argument("source")
    parser.add_argument("--sweeps", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the sweep to begin with: those before it are done")
    parser.add_argument("--trials", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--faults", type=int, default=25, help="in each sweep, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shim", help="the library crash_shim: a file system as over a network, and full disks")
    parser.add_argument("--lost", type=float, default=0.01, help="share of link and rename whose reply is lost")
    parser.add_argument("--stale-ms", type=int, default=150, help="how long files and listings are seen as they were")
    parser.add_argument("--hurry", type=int, default=90, help="how many times as fast leases run out")
    return parser.parse_args()


def main():
    options = arguments()
    folder = tempfile.mkdtemp(prefix="chaos.")
    os.environ["ASSAY_LANES"] = f"{folder}/lanes"  # others on this machine do not wait for these
    config = f"{folder}/chaos.yaml"
    with open(config, "w") as file:
        file.write(CONFIG.format(trials=options.trials, epochs=options.epochs))
    begun = time.monotonic()
    expected = results(Sweep(options, config, f"{folder}/alone", 1).undisturbed())
    if len(expected) != options.trials:
        raise SystemExit(f"the undisturbed sweep has {len(expected)} results, not {options.trials}")
    print(f"undisturbed: {len(expected)} trials in {time.monotonic() - begun:.1f} s", flush=True)
    counts = {"worker": 0, "submitter": 0, "stalled": 0, "asleep": 0, "full": 0, "taken over": 0}
    for number in range(options.first, options.sweeps):
        begun, runs = time.monotonic(), f"{folder}/{number}"
        sweep = Sweep(options, config, runs, options.workers, Faults(options, runs))
        study, n_starts = sweep.disturbed(random.Random(options.seed + number), counts, options.faults)
        got = results(study)
        wrong = differences(expected, got) + problems(sweep.assay, study)
        if wrong:
            print(f"sweep {number}, in {study}:", *wrong, sep="\n  ")
            return 1
        counts["taken over"] += count_takeovers(study)
        print(f"sweep {number}: {len(got)} trials as undisturbed, begun {n_starts} times, "
              f"{time.monotonic() - begun:.0f} s; {counts}", flush=True)
        shutil.rmtree(runs)
    print(f"sweeps {options.first} to {options.sweeps - 1}, {counts}: every trial once, all records whole, all results "
          "those of the undisturbed sweep")
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
