"""Reads run.h5 with h5py alone: resolved config, metric series, shapes of logged arrays and final weights.

    python3 read_run.py runs/digits/3f2a91c0de/run.h5
"""
import json, sys, h5py

with h5py.File(sys.argv[1]) as run:
    about = run.attrs
    print(f"{about['name']} {about['id']}: {about['status']} after {about['step']} steps, seed {about['seed']}")

    print("config")
    for key, value in json.loads(run["config/resolved"][()]).items():
        print(f"  {key}: {value}")

    print("metrics")
    for split, names in run["metrics"].items():
        for name, series in names.items():
            step, value = series["step"][:], series["value"][:]
            print(f"  {split}/{name}: {len(value)} rows, last {value[-1]:g} at step {step[-1]}")

    print("arrays")
    for split, names in run["arrays"].items():
        for name, array in names.items():
            print(f"  {split}/{name} {array.shape} {array.dtype} of step {array.attrs['step']}")

    print("final weights")
    for name, weight in run["checkpoints/final/model"].items():
        print(f"  {name} {weight.shape} {weight.dtype}")
