"""64 trials by Ray Tune at its defaults, a processor each."""
import os
import sys
import tempfile
from pathlib import Path

os.environ.update(RAY_USAGE_STATS_ENABLED="0", PYTHONPATH=str(Path(__file__).resolve().parent))

import ray
from ray import tune

import trial


def run(point):
    return {"accuracy": trial.train(point["lr"], point["width"], point["seed"])[1]}


if __name__ == "__main__":
    ray.init(num_cpus=int(sys.argv[1]), include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    space = {key: tune.grid_search(values) for key, values in
             {"lr": trial.LRS, "width": trial.WIDTHS, "seed": trial.SEEDS}.items()}
    with tempfile.TemporaryDirectory() as folder:
        tuner = tune.Tuner(tune.with_resources(run, {"cpu": 1}), param_space=space,
                           run_config=tune.RunConfig(storage_path=folder, verbose=0))
        results = tuner.fit()
    print(len(results))
    ray.shutdown()
