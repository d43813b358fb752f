"""A real Slurm on this machine, for tests: slurmctld, munged and a slurmd for each of several virtual nodes.

    with Cluster(nodes=4, cpus=4) as cluster:
        cluster.sbatch("sleep 1")

    python3 tests/slurm/cluster.py        # a shell in one, to try things by hand

All of it lies in a folder under /tmp. be_apart() gives the calling program a network of its own, so that no port of the
machine is taken, and process numbers of its own, so that everything ends with it, however it ends. Within that, every
process of a cluster and of its jobs carries a variable with the folder's name and is ended with it.

Timers are short: a job has 3 s from SIGTERM to SIGKILL, a node is down when it was silent for 5 s, a requeued job waits
5 s. Partitions: `normal`; `high`, which preempts `low` (requeued, at once), `notice` (requeued, after 5 s of grace) and
`cancel` (cancelled, after the grace).
"""
import ctypes
import fcntl
import glob
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

MARK = "ASSAY_TEST_CLUSTER"
PREFIX = "assay-slurm-"
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "munged")
PR_SET_PDEATHSIG = 1
SIOCSIFFLAGS, SIOCSIFADDR, IFF_UP, IFF_RUNNING = 0x8914, 0x8916, 0x1, 0x40  # of <net/if.h>

KILL_WAIT = 3
GRACE = 5
SILENT = 5


def why_not():
    """What is missing for a cluster; nothing if all is there."""
    if os.geteuid() != 0:
        return "not root: slurmd starts jobs as their owners"
    missing = [name for name in PROGRAMS if shutil.which(name, path=path_with_sbin()) is None]
    return f"not installed: {', '.join(missing)} (scripts/setup test)" if missing else None


def path_with_sbin():
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def processes_of(folder):
    """Every process whose environment names the folder, but for this one."""
    mark = f"{MARK}={folder}".encode()
    found = []
    for path in glob.glob("/proc/[0-9]*/environ"):
        pid = int(path.split("/")[2])
        try:
            with open(path, "rb") as file:
                if mark in file.read().split(b"\0") and pid != os.getpid():
                    found.append(pid)
        except OSError:
            pass
    return found


def end_all(folder):
    """Ends them, also those that are made meanwhile."""
    for _ in range(100):
        pids = processes_of(folder)
        if not pids:
            return
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.05)


def be_apart():
    """Starts the calling program anew in name spaces of its own for networks and processes, where the system allows it."""
    if os.environ.get(MARK) == "apart":
        os.environ.pop(MARK)
        bring_up_loopback()
        return
    words = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if subprocess.run([*words, "true"], capture_output=True).returncode == 0:
        os.environ[MARK] = "apart"
        os.execvp(words[0], [*words, sys.executable, *sys.argv])


def bring_up_loopback():
    """With a second address from those for documentation: names are not looked up where there are only loopback's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        address = struct.pack("16sH2x4s8x", b"lo:1", socket.AF_INET, socket.inet_aton("192.0.2.1"))
        for code, request in ((SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP | IFF_RUNNING)), (SIOCSIFADDR, address)):
            fcntl.ioctl(any_socket, code, request)


def remove_leftovers():
    """Folders of tests that were killed: nobody holds a lock on them."""
    for path in glob.glob(f"/tmp/{PREFIX}*/owner"):
        try:
            with open(path) as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(os.path.dirname(path), ignore_errors=True)
        except OSError:
            pass


def wait_until(what, seconds, holds):
    """The first true answer of `holds`; TimeoutError after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        answer = holds()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds} s still not: {what}")
        time.sleep(0.05)


def free_ports(count):
    """The first of so many ports in a row that nothing listens on."""
    for _ in range(100):
        base = random.randrange(20000, 32000)
        try:
            for port in range(base, base + count):
                with socket.socket() as probe:
                    probe.bind(("0.0.0.0", port))
            return base
        except OSError:
            continue
    raise RuntimeError("no free ports")


class Cluster:
    def __init__(self, nodes=4, cpus=4, apart=False, more=()):
        """apart: each node is a process and host name space of its own, as if it were another machine.
        more: further lines of slurm.conf, which replace those of the same name."""
        self.nodes = [f"tn{number}" for number in range(1, nodes + 1)]
        self.cpus = cpus
        self.apart = apart
        self.more = more
        self.daemons = {}

    def __enter__(self):
        remove_leftovers()
        self.folder = tempfile.mkdtemp(prefix=PREFIX, dir="/tmp")
        os.chmod(self.folder, 0o755)
        self.owner = open(f"{self.folder}/owner", "w")
        fcntl.flock(self.owner, fcntl.LOCK_EX)
        self.env = dict(os.environ, PATH=path_with_sbin(), SLURM_CONF=f"{self.folder}/slurm.conf", **{MARK: self.folder})
        for name in list(self.env):
            if name.startswith(("SLURM_", "SBATCH_", "SQUEUE_", "SALLOC_", "SRUN_")) and name != "SLURM_CONF":
                del self.env[name]
        try:
            self.configure()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        end_all(self.folder)
        for daemon in self.daemons.values():
            daemon.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.owner.close()

    def configure(self):
        for name in ("state", "spool", "log", "munge", *(f"spool/{node}" for node in self.nodes)):
            os.makedirs(f"{self.folder}/{name}")
        with open(f"{self.folder}/munge/key", "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(os.urandom(128))
        host = socket.gethostname().split(".")[0]
        port = free_ports(len(self.nodes) + 1)
        munge = f"{self.folder}/munge/socket"
        lines = [
            "ClusterName=test",
            f"SlurmctldHost={host}(127.0.0.1)",
            f"SlurmctldPort={port}",
            "SlurmUser=root",
            "SlurmdUser=root",
            "AuthType=auth/munge",
            f"AuthInfo=socket={munge},cred_expire=5",  # also how long a requeued job waits; 5 is the least
            "CredType=cred/munge",
            f"StateSaveLocation={self.folder}/state",
            f"SlurmdSpoolDir={self.folder}/spool/%n",
            f"SlurmctldPidFile={self.folder}/slurmctld.pid",
            f"SlurmdPidFile={self.folder}/slurmd-%n.pid",
            f"SlurmctldLogFile={self.folder}/log/slurmctld.log",
            f"SlurmdLogFile={self.folder}/log/slurmd-%n.log",
            "ProctrackType=proctrack/linuxproc",  # no cgroups: by parents
            "JobAcctGatherType=jobacct_gather/none",
            "TaskPlugin=task/none",
            "SwitchType=switch/none",
            "MpiDefault=none",
            "SelectType=select/cons_tres",
            "SelectTypeParameters=CR_CPU",
            "SlurmdParameters=config_overrides",  # nodes offer more than the machine has
            "ReturnToService=2",
            "SchedulerType=sched/backfill",
            "SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0,bf_interval=1",
            "PriorityType=priority/basic",
            "PreemptType=preempt/partition_prio",
            "PreemptMode=REQUEUE",
            "JobRequeue=1",
            "MaxJobCount=10000",
            "MinJobAge=300",
            "EnforcePartLimits=ALL",
            f"KillWait={KILL_WAIT}",
            f"SlurmdTimeout={SILENT}",
            "SlurmctldTimeout=30",
            "MessageTimeout=5",
            "UnkillableStepTimeout=20",
            "InactiveLimit=0",
            "MailProg=/bin/true",
            "AccountingStorageType=accounting_storage/none",
        ]
        for number, node in enumerate(self.nodes, start=1):
            lines.append(f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.{10 + number} Port={port + number} "
                         f"CPUs={self.cpus} RealMemory=4000 State=UNKNOWN")
        common = "Nodes=ALL MaxTime=1-0 DefaultTime=60"
        lines += [
            f"PartitionName=normal {common} Default=YES PriorityTier=10 PreemptMode=OFF",
            f"PartitionName=high {common} PriorityTier=100 PreemptMode=OFF",
            f"PartitionName=low {common} PriorityTier=1 PreemptMode=REQUEUE GraceTime=0",
            f"PartitionName=notice {common} PriorityTier=1 PreemptMode=REQUEUE GraceTime={GRACE}",
            f"PartitionName=cancel {common} PriorityTier=1 PreemptMode=CANCEL GraceTime={GRACE}",
        ]
        for line in self.more:
            key = line.split("=")[0]
            lines = [known for known in lines if not known.startswith(f"{key}=")] + [line]
        with open(f"{self.folder}/slurm.conf", "w") as file:
            file.write("\n".join(lines) + "\n")
        with open(f"{self.folder}/cgroup.conf", "w") as file:
            file.write("CgroupPlugin=cgroup/v1\n")  # slurmd loads one, used or not, and must know which

    def spawn(self, name, words):
        log = open(f"{self.folder}/log/{name}.out", "ab")

        def die_with_the_test():
            os.setsid()
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

        self.daemons[name] = subprocess.Popen(words, env=self.env, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                              preexec_fn=die_with_the_test)
        log.close()

    def start(self):
        """Starts what does not run: all of it, or what a test has ended."""
        munge = f"{self.folder}/munge"
        if not self.is_up("munged"):
            for path in glob.glob(f"{munge}/socket*"):
                os.unlink(path)
            self.spawn("munged", ["munged", "--foreground", f"--key-file={munge}/key", f"--socket={munge}/socket",
                                  f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed"])
        wait_until("munged answers", 10, lambda: self.run("munge", "-n", "-S", f"{munge}/socket").returncode == 0)
        if not self.is_up("slurmctld"):
            self.spawn("slurmctld", ["slurmctld", "-D", "-i"])
        wait_until("slurmctld answers", 30, lambda: "is UP" in self.run("scontrol", "ping").stdout)
        for node in self.nodes:
            self.start_node(node)
        good = {"idle", "mixed", "allocated", "completing"}
        wait_until("all nodes are there", 60, lambda: set(self.ask("sinfo", "-h", "-N", "-o", "%T").split()) <= good)

    def start_node(self, node):
        if not self.is_up(node):
            words = ["slurmd", "-D", "-N", node]
            if self.apart:
                inner = f"hostname {node}; exec {' '.join(words)}"
                words = ["unshare", "--pid", "--uts", "--fork", "--kill-child", "--mount-proc", "sh", "-c", inner]
            self.spawn(node, words)

    def is_up(self, name):
        daemon = self.daemons.get(name)
        return daemon is not None and daemon.poll() is None

    def stop(self, *names):
        """As a power cut ends them: with all that runs below, for nodes."""
        for name in names:
            daemon = self.daemons.pop(name)
            if name in self.nodes:
                for pid in self.of_node(name):
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
            daemon.kill()
            daemon.wait()

    def of_node(self, node):
        """The processes of a node's jobs, with the daemons that look after them."""
        name = f"SLURMD_NODENAME={node}".encode()
        found = []
        for pid in processes_of(self.folder):
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    if name in file.read().split(b"\0"):
                        found.append(pid)
                        continue
                with open(f"/proc/{pid}/comm") as file:
                    if file.read().strip() == "slurmstepd" and self.log_of(pid).endswith(f"slurmd-{node}.log"):
                        found.append(pid)
            except OSError:
                pass
        return found

    def log_of(self, pid):
        for path in glob.glob(f"/proc/{pid}/fd/*"):
            try:
                target = os.readlink(path)
            except OSError:
                continue
            if target.startswith(f"{self.folder}/log/slurmd-"):
                return target
        return ""

    def send(self, name, number):
        os.kill(self.daemons[name].pid, number)

    # ---- Its commands.

    def run(self, *words, **options):
        return subprocess.run(words, env=self.env, text=True, capture_output=True, timeout=120, **options)

    def ask(self, *words, **options):
        done = self.run(*words, **options)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: {done.returncode}: {done.stderr or done.stdout}")
        return done.stdout

    def sbatch(self, script, *options):
        """The id of a job that runs these lines."""
        return self.ask("sbatch", "--parsable", "--output=/dev/null", *options, input=f"#!/bin/sh\n{script}\n").strip()

    def jobs(self, *options):
        """Name of each job (12, or 12_3) to its state, of those that have not ended."""
        lines = self.ask("squeue", "-h", "-r", "-o", "%i %T", *options).splitlines()
        return dict(line.split() for line in lines)


def main():
    problem = why_not()
    if problem:
        raise SystemExit(problem)
    be_apart()
    with Cluster() as cluster:
        subprocess.run([os.environ.get("SHELL", "/bin/sh")], env=cluster.env)


if __name__ == "__main__":
    sys.exit(main())
