"""Opens run.h5 with plain h5py, again and again, while a process replaces it as fast as it can.

    read_loop.py CRASH_WRITER [OPENS]

Every value is compared with what it must be (workload.h has the same functions). Prints the counts; exit code 1
if an open failed or a value was wrong.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import h5py
import numpy as np

SEED = 7
MASK = (1 << 64) - 1


def mixed(x):
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def number_of(name):
    out = 0xCBF29CE484222325
    for byte in name.encode():
        out = (out ^ byte) * 0x100000001B3 & MASK
    return out


def values_of(series, steps):
    start = mixed(np.array([SEED ^ number_of(series)], dtype=np.uint64))
    words = mixed(mixed(start + steps.astype(np.uint64)))
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53


def rows_right(file):
    n_rows = 0
    for split, group in file["metrics"].items():
        for name, series in group.items():
            steps, values = series["step"][:], series["value"][:]
            n_rows += len(steps)
            if np.any(np.diff(steps) <= 0) or len(values) != len(steps):
                raise ValueError(f"{split}/{name}: steps {steps}")
            if name != "attempt" and not np.array_equal(values, values_of(f"{split}/{name}", steps)):
                raise ValueError(f"{split}/{name}: wrong values")
    return n_rows


def main():
    writer, n_opens = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 300
    counts = {"opens": 0, "rows": 0, "errors": 0, "runs": 0, "changes seen": 0}
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        runs = pathlib.Path(folder, "runs")
        path = runs / "crash" / "c4a54c4a54" / "run.h5"
        process, seen = None, None
        while counts["opens"] < n_opens:
            if process is None or process.poll() is not None:
                # Removed only while nobody writes: from here on the reader may open it at any moment.
                shutil.rmtree(runs, ignore_errors=True)
                runs.mkdir()
                command = [writer, runs, pathlib.Path(folder, "acks"), "--publish-always", "--steps", "4000"]
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
                counts["runs"] += 1
                while not path.exists() and process.poll() is None:
                    pass
            counts["opens"] += 1
            try:
                with h5py.File(path) as file:
                    counts["rows"] += rows_right(file)
                    now = int(file["metrics/train/loss/step"][-1]) if "metrics/train/loss" in file else 0
                counts["changes seen"] += now != seen
                seen = now
            except (OSError, KeyError, ValueError, RuntimeError) as error:
                counts["errors"] += 1
                print(f"open {counts['opens']}: {error}")
        process.kill()
        process.wait()
    print("read_loop: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    return 1 if counts["errors"] else 0


if __name__ == "__main__":
    sys.exit(main())
