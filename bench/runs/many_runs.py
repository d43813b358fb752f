"""How long looking at many runs takes: `assay runs` over ten thousand, `runs compare` of fifty.

    python3 bench/runs/many_runs.py build/assay [--runs 10000] [--folder DIR]

Makes a folder of finished runs as their files would be (summary.json with a config of some sixty keys, result.json),
and fifty copies of one real run, and prints the best and the median of seven, wall clock and processor time. The first
look reads every summary; the later ones read the index that it left. With --check, exits with 1 where the best time of a
list, by the clock, is above 0.3 s, or that of the comparison above 1 s.
"""
import argparse, json, os, random, resource, shutil, statistics, subprocess, sys, tempfile, time

REPEATS = 7


def config_of(i, rng):
    config = {
        "assay": 1, "name": f"search-{i % 20}", "seed": i % 5, "device": "auto", "threads": 1, "deterministic": True,
        "dataset": {"type": "digits", "split": {"train": "70%", "valid": "15%", "test": "15%", "stratify": True},
                    "transforms": [{"type": "standardize", "columns": None}]},
        "model": {"type": "mlp", "hidden": [rng.choice([32, 64, 128])] * 2, "dropout": rng.choice([0.0, 0.1, 0.2])},
        "optimizer": {"type": "adamw", "lr": 10 ** rng.uniform(-4, -1), "betas": [0.9, 0.999], "eps": 1e-8,
                      "weight_decay": 0.01},
        "schedule": {"type": "cosine", "warmup": "5%"}, "loss": {"type": "cross_entropy"},
        "metrics": [{"type": "accuracy"}], "train": {"batch_size": 64, "until": "20 epochs", "log_every": "50 steps"},
        "evaluate": {"every": "1 epoch", "test": "best"}, "checkpoint": {"keep_best": "valid/accuracy", "keep_last": 1},
    }
    config["vars"] = {f"knob_{k}": k for k in range(25)}
    return config


def make_runs(folder, count):
    rng = random.Random(1)
    long_ago = time.time() - 3600
    for i in range(count):
        run = os.path.join(folder, f"search-{i % 20}", f"{rng.getrandbits(40):010x}")
        os.makedirs(run)
        summary = {
            "format": "assay.summary", "format_version": 1, "id": os.path.basename(run), "name": f"search-{i % 20}",
            "status": "finished", "attempt": 1, "start": "2026-01-01T00:00:00Z", "start_ns": 1767225600 * 10**9 + i,
            "seconds": 2.5, "step": 400, "epoch": 20, "seed": i % 5, "dataset": "digits", "model": "mlp",
            "optimizer": "adamw", "tags": [], "best": {"metric": "valid/accuracy", "value": rng.random(), "step": 300},
            "last": {f"{split}/{name}": rng.random() for split in ("train", "valid", "test") for name in ("loss", "accuracy")},
            "config": config_of(i, rng),
        }
        for name, content in (("summary.json", summary), ("result.json", {"status": "finished"})):
            with open(os.path.join(run, name), "w", encoding="utf-8") as file:
                json.dump(content, file, indent=2)
        os.utime(run, (long_ago, long_ago))


def copies_of_a_run(assay, folder, count):
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    subprocess.run([assay, "run", "configs/digits.yaml", "--runs", folder, "--quiet"], cwd=root, check=True,
                   stdout=subprocess.DEVNULL)
    name = os.listdir(folder)[0]
    first = os.path.join(folder, name, os.listdir(os.path.join(folder, name))[0])
    for i in range(1, count):
        shutil.copytree(first, f"{first}.{i + 1}")
    return [os.path.join(folder, name, run) for run in sorted(os.listdir(os.path.join(folder, name)))]


def seconds_of(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report(what, command, repeats=REPEATS, at_most=float("inf")):
    """Prints how long it takes; whether the best time is within `at_most` seconds."""
    times = [seconds_of(command) for _ in range(repeats)]
    walls, cpus = zip(*times)
    print(f"{what:58} wall {1e3 * min(walls):6.0f} ms best, {1e3 * statistics.median(walls):6.0f} median; "
          f"processor {1e3 * min(cpus):6.0f} ms best")
    return min(walls) <= at_most


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--folder", help="where to work; kept (default: a temporary folder)")
    parser.add_argument("--check", action="store_true", help="judge what was measured")
    given = parser.parse_args()
    assay = os.path.abspath(given.assay)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or temporary
        many, some = os.path.join(folder, "many"), os.path.join(folder, "some")
        if not os.path.exists(many):
            make_runs(many, given.runs)
            fifty = copies_of_a_run(assay, some, 50)
        else:
            fifty = [os.path.join(some, name, run) for name in os.listdir(some) for run in os.listdir(os.path.join(some, name))]
        index = os.path.join(many, ".index")
        if os.path.exists(index):
            os.remove(index)
        runs = [assay, "runs", "--runs", many]
        report(f"runs, {given.runs}: no index, all read", runs + ["--columns", "optimizer.lr"], repeats=1)
        condition = "optimizer.lr < 1e-2 and valid/accuracy > 0.9"
        are_quick = [
            report("runs: 20 newest", runs, at_most=0.3),
            report("runs: where and sort by keys of the config",
                   runs + ["--where", condition, "--sort", "valid/accuracy", "--columns", "optimizer.lr,model.hidden"],
                   at_most=0.3),
            report("runs: all as csv", runs + ["--format", "csv"]),
            report("runs compare: 50 runs of 20 epochs", [assay, "runs", "compare", *fifty], at_most=1),
        ]
        print(f"index: {os.path.getsize(index) / 1e6:.1f} MB")
    if given.check and not all(are_quick):
        sys.exit("too slow")


if __name__ == "__main__":
    main()
