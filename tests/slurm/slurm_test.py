"""Sweeps and runs as jobs of a real Slurm, whatever happens to them.

    python3 tests/slurm/slurm_test.py build/assay . build/test_plugins/slow.so [--long] [NAME ...]

Without names all short scenarios, or with --long those that take minutes. Each ends with every trial committed exactly
once, with the numbers of a sweep that nobody disturbed; trials that were interrupted went on from a checkpoint. Exit code
77, with the reason, where there can be no cluster; 1 if something is not as it should be.
"""
import argparse
import concurrent.futures
import contextlib
import glob
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback

from cluster import GRACE, KILL_WAIT, Cluster, be_apart, wait_until, why_not

SKIPPED = 77

# Reading a batch takes a hundredth of a second: trials last as long whatever else the machine does.
CONFIG = """
assay: 1
name: {name}
plugins: [{plugin}]
dataset: {{type: slow/rows, seconds: {seconds}, in_memory: never, workers: 1, prefetch: 1}}
model: {{type: mlp, hidden: [4], dropout: 0.1}}
optimizer: {{type: adamw, lr: 1e-3}}
train: {{batch_size: 16, until: {steps} steps, log_every: 100 steps}}
evaluate: {{every: end}}
checkpoint: {{every: 1 s}}
metrics: [accuracy]
launcher: {{type: slurm, time: 10 min, notice: 20 s}}
sweep:
  objective: {{metric: valid/loss}}
  space:
    seed: {{range: [0, {trials}]}}
"""
SECONDS = 0.01
SHORT = 2
LONG = 600  # steps
LONGER = 1000  # long enough for checkpoints on disk, which a trial writes from its fifth second on


class Failure(Exception):
    pass


def require(holds, what):
    if not holds:
        raise Failure(what)


class Bench:
    """assay, a cluster and a folder for what they write."""

    def __init__(self, options, cluster, folder):
        self.assay = os.path.realpath(options.assay)
        self.source = os.path.abspath(options.source)
        self.plugin = os.path.abspath(options.plugin)
        self.cluster = cluster
        self.folder = folder
        self.expected = {}
        cluster.env["ASSAY_LANES"] = f"{folder}/lanes"  # other sweeps of the machine do not wait for these

    def run(self, *words, code=0, **options):
        done = self.cluster.run(self.assay, *words, cwd=self.source, **options)
        require(done.returncode == code, f"assay {' '.join(words)}: {done.returncode}: {done.stderr or done.stdout}")
        return done

    def config(self, name, trials, steps, seconds=SECONDS):
        path = f"{self.folder}/{name}.yaml"
        with open(path, "w") as file:
            file.write(CONFIG.format(name=name, trials=trials, steps=steps, seconds=seconds, plugin=self.plugin))
        return path

    def study(self, name, trials, steps, *overrides):
        """Submits a study."""
        config = self.config(name, trials, steps)
        words = ["sweep", config, *overrides, "--runs", f"{self.folder}/runs", "--quiet", "--yes"]
        return Study(self, name, trials, steps, words, self.run(*words).stdout.strip())

    def require_resumed(self, run):
        """The record has what the first attempt did, before there was a second."""
        second = time.strftime("%H:%M:%S", time.localtime(os.stat(f"{run}/claim.2").st_mtime))
        first_row = self.run("runs", "tail", run, "--lines", "0").stdout.split()[0]
        require(first_row < second, f"{run} began anew, at {first_row}: its second attempt was at {second}")

    def undisturbed(self, trials, steps):
        """What the trials of a study end with that is left alone, and whose data are there at once. Trials of the same
        number are the same in all studies."""
        known = self.expected.get(steps, {})
        if len(known) < trials:
            words = ["sweep", self.config("alone", max(trials, 4), steps, seconds=0), "--launcher", "local", "--workers", "2", "--quiet",
                     "--runs", f"{self.folder}/alone-{steps}-{trials}"]
            known = self.expected[steps] = ends_in(self.run(*words).stdout.strip())
        return {trial: end for trial, end in known.items() if trial < trials}


def ends_in(study):
    """Each trial's end, by the workers' logs; one that is there twice must be there alike."""
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
                told = (end["how"], end.get("value"), end["step"], json.dumps(end["metrics"], sort_keys=True))
                require(ends.setdefault(end["end"], told) == told, f"{study}: trial {end['end']} has two ends")
    return ends


def read_text(path):
    with open(path) as file:
        return file.read()


def read_json(path):
    return json.loads(read_text(path))


class Study:
    def __init__(self, bench, name, trials, steps, words, folder):
        self.bench = bench
        self.cluster = bench.cluster
        self.trials = trials
        self.steps = steps
        self.words = words
        self.folder = folder
        self.name = name

    def job_name(self, number=1):
        return read_json(f"{self.folder}/jobs/{number}.json")["name"]

    def job(self, number=1):
        return read_json(f"{self.folder}/jobs/{number}.ids.json")["work"]

    def jobs(self):
        names = [read_json(path)["name"] for path in glob.glob(f"{self.folder}/jobs/[0-9].json")]
        return self.cluster.jobs(f"--name={','.join(names)}")

    def said(self):
        """What its jobs have printed."""
        text = ""
        for path in sorted(glob.glob(f"{self.folder}/jobs/*.log")):
            text += read_text(path)
        return text

    def trial(self, number):
        return f"{self.folder}/t/00/{number:04}"

    def n_checkpoints(self):
        return len(glob.glob(f"{self.folder}/t/*/*/a.*/ckpt/*.h5"))

    def wait_for_checkpoints(self, count=1):
        wait_until(f"{count} checkpoints of {self.name}", 60, lambda: self.n_checkpoints() >= count)

    def wait_for_trials(self, count):
        """Until so many have begun, and have come some way."""
        wait_until(f"{count} trials of {self.name}", 60, lambda: len(glob.glob(f"{self.folder}/t/*/*/claim.1")) >= count)
        time.sleep(2)

    def wait_for_end(self, seconds=120):
        wait_until(f"the end of {self.name}", seconds, lambda: len(ends_in(self.folder)) == self.trials)

    def workers(self):
        """Node of every process that works on it."""
        found = {}
        for path in glob.glob("/proc/[0-9]*/environ"):
            pid = int(path.split("/")[2])
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
                with open(path, "rb") as file:
                    names = dict(entry.split(b"=", 1) for entry in file.read().split(b"\0") if b"=" in entry)
            except OSError:
                continue
            if b"worker" in words and self.folder.encode() in words and words[0].decode() == self.bench.assay:
                found[pid] = names.get(b"SLURMD_NODENAME", b"").decode()
        return found

    def interrupted(self):
        """Trials that more than one attempt was made at."""
        return sorted(path for path in glob.glob(f"{self.folder}/t/*/*") if os.path.exists(f"{path}/claim.2"))

    def check(self, n_interrupted=0):
        """Every trial once, as if nobody had disturbed it; the interrupted ones went on from a checkpoint."""
        self.wait_for_end()
        require(ends_in(self.folder) == self.bench.undisturbed(self.trials, self.steps), f"{self.name}: other results")
        results = glob.glob(f"{self.folder}/t/*/*/result.json")
        require(len(results) == self.trials, f"{self.name}: {len(results)} results of {self.trials}")
        interrupted = self.interrupted()
        require(len(interrupted) >= n_interrupted, f"{self.name}: {len(interrupted)} trials were interrupted, not {n_interrupted}")
        for path in interrupted:
            self.bench.require_resumed(path)


# ---- Scenarios. Each is given a bench and returns what it measured, in words.


def a_sweep_ends_without_anybody_looking(bench):
    cluster = bench.cluster
    study = bench.study("plain", 8, SHORT, "launcher.cpus=2", "launcher.width=3")
    ours = [pid for pid in study.workers() if not study.workers()[pid]]
    require(not ours, f"processes of ours on the submit host: {ours}")
    study.check()
    report = f"{study.folder}/report.html"
    wait_until("the report", 30, lambda: os.path.exists(report))
    require("finished" in bench.run("sweep", "status", study.folder).stdout, "status does not say finished")
    again = bench.run(*study.words)
    require(again.stdout.strip() == study.folder and not study.jobs(), "the same command again submits again")
    wait_until("no job is left", 20, lambda: not cluster.jobs())
    return f"{len(glob.glob(f'{study.folder}/jobs/*_*.log'))} jobs"


def a_thousand_trials_in_half_a_minute(bench):
    start = time.monotonic()
    began = f"{bench.folder}/began"
    study = bench.study("noop", 1000, 1, "dataset={type: digits}", "launcher.cpus=2", "launcher.width=1", "checkpoint.every=end",
                        f"launcher.setup=[touch {began}]")
    submitted = time.monotonic()
    study.wait_for_end(120)
    seconds = time.monotonic() - start
    first = min(os.stat(path).st_mtime for path in glob.glob(f"{study.folder}/t/00/*/claim.1")) - os.stat(began).st_mtime
    told = f"{seconds:.1f} s, of which the command {submitted - start:.1f} s; first trial {first:.2f} s after the job's start"
    is_alone = os.getloadavg()[0] < 2 * os.cpu_count()  # else the times are those of whatever else runs
    require(not is_alone or (seconds < 30 and first < 1), told)
    return told


def a_cancelled_job_never_comes_back(bench):
    study = bench.study("cancelled", 2, LONG, "launcher.width=2")
    study.wait_for_trials(2)
    bench.cluster.ask("scancel", study.job())
    wait_until("its jobs are gone", 20, lambda: not study.jobs())
    time.sleep(8)  # a requeued job would be back after five
    require(not study.jobs(), f"it came back: {study.jobs()}")
    require("ends, as it was told to" in study.said(), study.said())
    bench.run("sweep", "resume", study.folder)
    study.check(n_interrupted=1)
    return f"{len(study.interrupted())} trials went on in the second submission"


def stop_takes_jobs_off_the_queue(bench):
    study = bench.study("stopped", 6, LONG, "launcher.width=3", "launcher.options=[--exclusive]")
    study.wait_for_trials(3)
    bench.run("sweep", "stop", study.folder)
    wait_until("its jobs are gone", 20, lambda: not study.jobs())
    time.sleep(7)
    require(not study.jobs(), f"it came back: {study.jobs()}")
    status = bench.run("sweep", "status", study.folder).stdout
    require("stopped" in status and "no jobs" in status, status)
    return "no job left, none came back"


def one_task_is_requeued_alone(bench):
    study = bench.study("requeued", 3, LONG, "launcher.width=3")
    study.wait_for_trials(3)
    before = study.workers()
    bench.cluster.ask("scontrol", "requeue", f"{study.job()}_2")  # the last has the array's own number
    wait_until("one task waits", 20, lambda: list(study.jobs().values()).count("PENDING") == 1)
    siblings = set(before) & set(study.workers())
    require(len(siblings) == 4, f"{len(siblings)} of 6 processes are left, not 4")  # a worker is two
    study.check(n_interrupted=1)
    return "two siblings untouched"


def preempted(bench, partition):
    study = bench.study(f"preempted-{partition}", 4, LONG, f"launcher.partition={partition}", "launcher.width=2",
                        "launcher.cpus=2")
    study.wait_for_trials(2)
    blocker = bench.cluster.sbatch("sleep 6", "--partition=high", f"--nodes={len(bench.cluster.nodes)}", "--exclusive")
    wait_until("the workers wait", 30, lambda: set(study.jobs().values()) == {"PENDING"})
    status = bench.run("sweep", "status", study.folder).stdout
    require("queued" in status and "wait" in status, status)
    bench.cluster.run("scancel", blocker)
    study.check(n_interrupted=2)
    return f"{len(study.interrupted())} trials went on"


def preemption_without_grace(bench):
    return preempted(bench, "low")


def preemption_with_grace(bench):
    told = preempted(bench, "notice")
    return told


def preemption_that_cancels(bench):
    return preempted(bench, "cancel")


def an_answer_that_is_lost(bench):
    """slurmctld stands still from the moment sbatch asks it until sbatch has given up; then it accepts the job."""
    cluster = bench.cluster
    folder = f"{bench.folder}/bin"
    os.mkdir(folder)
    with open(f"{folder}/sbatch", "w") as file:
        os.fchmod(file.fileno(), 0o755)
        file.write(f"#!/bin/sh\ntouch {folder}/asked\nkill -STOP {cluster.daemons['slurmctld'].pid}\n"
                   f'PATH=${{PATH#*:}} exec sbatch "$@"\n')
    config = bench.config("lost", 2, SHORT)
    words = ["sweep", config, "--runs", f"{bench.folder}/runs", "--quiet"]
    with subprocess.Popen([bench.assay, *words], env=dict(cluster.env, PATH=f"{folder}:{cluster.env['PATH']}"), cwd=bench.source,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as command:
        try:
            wait_until("sbatch is called", 60, lambda: os.path.exists(f"{folder}/asked"))
            os.rename(f"{folder}/sbatch", f"{folder}/sbatch.was")
            time.sleep(6)  # it gives up after five
        finally:
            cluster.send("slurmctld", signal.SIGCONT)
        out, err = command.communicate(timeout=120)
    if command.returncode == 75:  # nor did squeue get an answer: the same command finds the job
        out = bench.run(*words).stdout
    else:
        require(command.returncode == 0, f"{command.returncode}: {err}")
    study = Study(bench, "lost", 2, SHORT, words, out.strip())
    study.check()
    jobs = {line for line in cluster.ask("squeue", "-h", "--states=all", "-o", "%F %j").splitlines()
            if re.search(r"assay-lost-\S+-[0-9a-f]{6}$", line)}
    require(len(jobs) == 1, f"submitted more than once: {jobs}")
    return "accepted though sbatch had given up, and submitted once"


def a_node_that_crashes(bench):
    cluster = bench.cluster
    study = bench.study("crashed", 2, LONGER, "launcher.width=2", "launcher.options=[--exclusive]")
    study.wait_for_checkpoints(2)
    node = next(iter(set(study.workers().values()) - {""}))
    cluster.stop(node)
    try:
        study.check(n_interrupted=1)
    finally:
        cluster.start()
    return f"{len(study.interrupted())} trials went on elsewhere"


def comes_back(bench, name, *more):
    path = f"{bench.folder}/{name}-run.yaml"
    with open(path, "w") as file:
        file.write(read_text(bench.config(name, 1, LONGER)).split("sweep:")[0])
    words = ["run", path, "--runs", f"{bench.folder}/runs", "--quiet", "launcher.partition=notice", "launcher.cpus=2", *more]
    run = bench.run(*words).stdout.strip()
    with open(path, "a") as file:
        file.write("this is no config any more: [\n")  # what was submitted is what runs
    wait_until("a checkpoint", 60, lambda: glob.glob(f"{run}/a.1/ckpt/*.h5"))
    blocker = bench.cluster.sbatch("sleep 5", "--partition=high", f"--nodes={len(bench.cluster.nodes)}", "--exclusive")
    wait_until("it is preempted", 30, lambda: os.path.exists(f"{run}/released.1"))
    wait_until("the run is done", 90, lambda: os.path.exists(f"{run}/result.json"))
    bench.cluster.run("scancel", blocker)
    bench.require_resumed(run)
    alone = bench.run("run", bench.config(name, 1, LONGER, seconds=0), "--unset", "sweep", "--launcher", "local", "--runs",
                      f"{bench.folder}/alone", "--quiet", *more).stdout.strip()
    told = bench.run("diff", "--exact", run, alone, code=8).stdout
    others = [where for where in re.findall(r"^ +(?:first in|also)? *([a-z]+/\S+)$", told, re.MULTILINE)
              if not where.startswith("config/")]
    require("config/resolved" in told and not others, told)
    return "all but its config equals the run that nobody interrupted"


def a_run_comes_back_until_it_is_done(bench):
    return comes_back(bench, "single")


def a_run_of_two_processes_comes_back(bench):
    return comes_back(bench, "double", "--nproc", "2")


# Names of nodes are this fixture's alone, so the tasks are told where to meet.
STEP_OF_TWO = ["srun", "--nodes=2", "--ntasks=2", "--ntasks-per-node=1", "--export=ALL,MASTER_ADDR=127.0.0.1"]


def tasks_of_a_step_train_one_run(bench):
    config = f"{bench.folder}/two-tasks.yaml"
    with open(config, "w") as file:
        file.write(read_text(bench.config("tasks", 1, LONG)).split("sweep:")[0])

    def words(runs):
        return [*STEP_OF_TWO, bench.assay, "run", config, "--runs", f"{bench.folder}/{runs}", "--quiet"]

    whole = bench.cluster.ask(*words("whole"), cwd=bench.source).strip()
    require(os.path.exists(f"{whole}/result.json") and "\n" not in whole, f"not one result: {whole}")
    job = bench.cluster.sbatch(f"cd {bench.source} && exec {' '.join(words('stopped'))}", "--nodes=2", "--ntasks=2")
    wait_until("a checkpoint", 60, lambda: glob.glob(f"{bench.folder}/stopped/*/*/a.1/ckpt/*.h5"))
    bench.cluster.run("scancel", job)
    [run] = glob.glob(f"{bench.folder}/stopped/*/*")
    wait_until("it is stopped", 30, lambda: os.path.exists(f"{run}/released.1"))
    wait_until("the job has ended", 60, lambda: job not in bench.cluster.jobs())
    rest = bench.cluster.ask(*words("stopped"), cwd=bench.source).strip()
    bench.require_resumed(rest)
    bench.run("diff", "--exact", whole, rest)
    return "two tasks on two nodes, cancelled and begun again, equal two that nobody disturbed"


def signals_in(path, since):
    """What each process of a probed job got after that time, in its order, each run of one signal once."""
    got = {"script": [], "script-child": [], "step": []}
    with open(path) as file:
        for line in file:
            when, name, *words = line.split()
            if float(when) >= since and words[0] not in ("start", "end"):
                got[name].append(words[0])
    return {name: set(words) for name, words in got.items()}


class Probe:
    """A job that writes down its signals: as a batch script, as a child of it and as a step."""

    def __init__(self, bench, name, *options, seconds=100):
        self.log = f"{bench.folder}/{name}.signals"
        probe = f"exec {sys.executable} {os.path.dirname(os.path.abspath(__file__))}/probe.py {self.log}"
        script = f"srun --overlap sh -c '{probe} step {seconds}' &\n{probe} script+ {seconds}"
        self.job = bench.cluster.sbatch(script, f"--job-name={name}", "--requeue", *options)
        wait_until(f"{name} runs", 60, lambda: os.path.exists(self.log) and read_text(self.log).count("start") >= 3)
        self.since = time.time()

    def expect(self, what, script, child, step, seconds=20):
        wanted = {"script": set(script.split()), "script-child": set(child.split()), "step": set(step.split())}
        try:
            wait_until(what, seconds, lambda: signals_in(self.log, self.since) == wanted)
            time.sleep(0.3)
        except TimeoutError:
            pass
        got = signals_in(self.log, self.since)
        require(got == wanted, f"{what}: {got}, not {wanted}")
        self.since = time.time()


def signals_are_those_of_the_table(bench):
    """docs/design/launch.md: what Slurm tells whom."""
    cluster = bench.cluster
    one = Probe(bench, "one")
    cluster.ask("scancel", "--signal=USR1", one.job)
    one.expect("scancel --signal", "", "", "USR1")
    cluster.ask("scancel", "--batch", "--signal=USR1", one.job)
    one.expect("scancel --batch --signal", "USR1", "", "")
    cluster.ask("scancel", "--full", "--signal=USR1", one.job)
    one.expect("scancel --full --signal", "USR1", "USR1", "USR1")
    cluster.ask("scontrol", "requeue", one.job)
    one.expect("scontrol requeue", "CONT TERM", "CONT TERM", "CONT TERM")
    wait_until("it is started again", 30, lambda: read_text(one.log).count("start 1") >= 3)
    one.since = time.time()
    cluster.ask("scancel", one.job)
    one.expect("scancel", "CONT TERM", "CONT TERM", "CONT TERM")
    for partition, notice in (("low", False), ("notice", True)):
        probe = Probe(bench, f"preempted-{partition}", f"--partition={partition}")
        blocker = cluster.sbatch("sleep 12", "--partition=high", f"--nodes={len(cluster.nodes)}", "--exclusive")
        if notice:
            probe.expect("preempted, with notice", "", "", "CONT TERM")
            time.sleep(0.5)
            wait_until("the grace is over", 30, lambda: signals_in(probe.log, probe.since)["script"])
        probe.expect(f"preempted in {partition}", "CONT TERM", "CONT TERM", "CONT TERM")
        cluster.run("scancel", blocker, probe.job)
        wait_until("both are gone", 30, lambda: not cluster.jobs())
    return "8 rows"


def signals_of_the_time_limit(bench):
    plain = Probe(bench, "limit", "--time=1", seconds=200)
    step = Probe(bench, "warned", "--time=1", "--signal=USR1@20", seconds=200)
    batch = Probe(bench, "warned-batch", "--time=1", "--signal=B:USR1@20", seconds=200)
    step.expect("--signal=USR1@20", "", "", "CONT USR1", 90)
    batch.expect("--signal=B:USR1@20", "CONT USR1", "", "", 60)
    for probe in (plain, step, batch):
        probe.expect("the time limit", "CONT TERM", "CONT TERM", "CONT TERM", 100)
    time.sleep(8)
    require(not bench.cluster.jobs(), "a job that reached its limit is requeued")
    return "3 rows; none is requeued"


def workers_come_back_when_their_time_is_up(bench):
    study = bench.study("timed", 20, LONG, "launcher.time=2 min", "launcher.notice=50 s", "launcher.width=1")
    study.wait_for_end(600)
    study.check(n_interrupted=1)
    n_returns = study.said().count("comes back")
    require(n_returns > 0, study.said()[-2000:])
    wait_until("the report", 60, lambda: os.path.exists(f"{study.folder}/report.html"))
    reports = [read_text(path) for path in glob.glob(f"{study.folder}/jobs/report-*.log")]
    require(len(reports) == 1 and reports[0].startswith("finished"), f"the report did not wait for what came back: {reports}")
    return f"came back {n_returns} times, the report waited"


def a_silent_node_whose_job_runs_twice(bench):
    cluster = bench.cluster
    study = bench.study("silent", 8, LONG, "launcher.width=2", "launcher.options=[--exclusive]")
    study.wait_for_trials(2)
    node = sorted(set(study.workers().values()) - {""})[0]
    cluster.send(node, signal.SIGSTOP)
    try:
        wait_until("its job runs elsewhere as well", 120, lambda: len(set(study.workers().values()) - {""}) >= 3)
    finally:
        cluster.send(node, signal.SIGCONT)
    study.check()
    return "both copies worked, each trial ended once"


def a_node_that_stands_still_is_fenced(bench):
    """On nodes that do not see one another's processes: the lease of 180 s decides."""
    cluster = bench.cluster
    study = bench.study("frozen", 2, LONGER, "launcher.width=2", "launcher.options=[--exclusive]")
    study.wait_for_checkpoints(2)
    node = sorted(set(study.workers().values()) - {""})[0]
    frozen = cluster.of_node(node)
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    cluster.send(node, signal.SIGSTOP)
    start = time.monotonic()
    study.wait_for_end(600)
    seconds = time.monotonic() - start
    for pid in frozen:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    time.sleep(5)  # it notices that it was overtaken
    cluster.send(node, signal.SIGCONT)
    study.check(n_interrupted=1)
    return f"done {seconds:.0f} s after the node froze"


def the_whole_cluster_loses_power(bench):
    cluster = bench.cluster
    study = bench.study("power", 4, LONGER, "launcher.width=2", "launcher.cpus=2")
    study.wait_for_checkpoints(4)
    cluster.stop("slurmctld", *cluster.nodes)
    cluster.start()
    study.wait_for_end(400)
    study.check(n_interrupted=4)
    return f"{len(study.interrupted())} trials went on"


def arrays_are_as_long_as_the_site_allows(bench):
    study = bench.study("bounded", 40, SHORT, "launcher.width=30")
    study.check()
    require(read_json(f"{study.folder}/jobs/1.json")["jobs"] == 9, "not nine workers where MaxArraySize is 9")
    return "nine workers for forty trials"


def on(cluster, scenario):
    """A scenario that needs a cluster of its own kind."""
    scenario.cluster = cluster
    return scenario


# In lanes that run side by side, each on a cluster of its own.
SHORT_LANES = [[a_sweep_ends_without_anybody_looking, preemption_without_grace, preemption_with_grace,
                a_run_comes_back_until_it_is_done],
               [an_answer_that_is_lost, a_cancelled_job_never_comes_back, stop_takes_jobs_off_the_queue,
                one_task_is_requeued_alone, tasks_of_a_step_train_one_run, a_run_of_two_processes_comes_back]]
LONG_LANES = [[signals_are_those_of_the_table, signals_of_the_time_limit, preemption_that_cancels, a_node_that_crashes,
               the_whole_cluster_loses_power],
              [a_silent_node_whose_job_runs_twice, workers_come_back_when_their_time_is_up],
              [on({"more": ["MaxArraySize=9"]}, arrays_are_as_long_as_the_site_allows)],
              [on({"apart": True}, a_node_that_stands_still_is_fenced)]]
TIMED = [a_thousand_trials_in_half_a_minute]  # before all others


def run_lane(scenarios, options):
    """The names of those that failed."""
    failed = []
    kind = getattr(scenarios[0], "cluster", {}) if scenarios else {}
    with tempfile.TemporaryDirectory(prefix="assay-slurm-runs-") as folder, Cluster(**kind) as cluster:
        bench = Bench(options, cluster, folder)
        for scenario in scenarios:
            name = scenario.__name__.replace("_", " ")
            start = time.monotonic()
            try:
                told = scenario(bench)
                print(f"{time.monotonic() - start:5.1f} s  {name}: {told}", flush=True)
            except Exception as error:  # whatever it is, the others are still to be seen
                failed.append(name)
                print(f"{time.monotonic() - start:5.1f} s  FAILED {name}: {error}", flush=True)
                traceback.print_exc()
                cluster.run("scancel", "--user=root")
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("assay")
    parser.add_argument("source")
    parser.add_argument("plugin", help="the data set of slow_rows.cpp")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--long", action="store_true", help="what takes minutes")
    options = parser.parse_args()
    problem = why_not()
    if problem:
        print(f"skipped: {problem}")
        return SKIPPED
    be_apart()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    lanes = [TIMED], (LONG_LANES if options.long else SHORT_LANES)
    if options.names:
        every = {one.__name__: one for lane in [TIMED, *SHORT_LANES, *LONG_LANES] for one in lane}
        lanes = [], [[every[name]] for name in options.names]
    failed = []
    for some in lanes:
        with concurrent.futures.ThreadPoolExecutor(max_workers=max(len(some), 1)) as side_by_side:
            for names in side_by_side.map(lambda lane: run_lane(lane, options), some):
                failed += names
    if failed:
        print(f"failed: {'; '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
