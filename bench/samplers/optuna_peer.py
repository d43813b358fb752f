"""The samplers of Optuna on the functions of bench_samplers, with the same budget and the same count of seeds.

    python optuna_peer.py BENCH_SAMPLERS SAMPLER OUT [--seeds 100] [--trials 100] [--only NAME,NAME]

SAMPLER: tpe, random, sobol (QMCSampler, scrambled). A line for each function and seed: name seed regret. What OUT
holds already is kept, so that a run that was stopped goes on.
"""

import argparse
import os
import subprocess
import warnings

import optuna

TOGETHER = 10  # studies that wait for the evaluator together: one wait instead of ten


def read_functions(bench):
    functions = {}
    for line in subprocess.run([bench, "list"], capture_output=True, text=True, check=True).stdout.splitlines():
        words = line.split()
        if not line.startswith(" "):
            parameters = []
            functions[words[0]] = (float(words[1]), parameters)
        else:
            name, kind, n_choices, low, high, step, is_log = words
            parameters.append((name, kind, int(n_choices), float(low), float(high), float(step), is_log == "1"))
    return functions


def distribution(parameter):
    _, kind, n_choices, low, high, step, is_log = parameter
    if kind == "choice":
        return optuna.distributions.CategoricalDistribution(list(range(n_choices)))
    if kind == "integer":
        return optuna.distributions.IntDistribution(int(low), int(high), step=int(step), log=is_log)
    return optuna.distributions.FloatDistribution(low, high, step=step or None, log=is_log)


def make_sampler(name, seed):
    if name == "tpe":
        return optuna.samplers.TPESampler(seed=seed)
    if name == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    return optuna.samplers.QMCSampler(qmc_type="sobol", scramble=True, seed=seed)


class Evaluator:
    """The functions of bench_samplers, which are written down once."""

    def __init__(self, bench):
        self.process = subprocess.Popen([bench, "evaluate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def values(self, name, points):
        self.process.stdin.writelines(f"{name} {' '.join(repr(float(x)) for x in point)}\n" for point in points)
        self.process.stdin.flush()
        return [float(self.process.stdout.readline()) for _ in points]


def search(evaluator, name, parameters, sampler, seeds, n_trials):
    """The least value that each seed finds. Their studies know nothing of each other."""
    space = {parameter[0]: distribution(parameter) for parameter in parameters}
    studies = [optuna.create_study(sampler=make_sampler(sampler, seed)) for seed in seeds]
    for _ in range(n_trials):
        trials = [study.ask(space) for study in studies]
        points = [[trial.params[parameter[0]] for parameter in parameters] for trial in trials]
        for study, trial, value in zip(studies, trials, evaluator.values(name, points)):
            study.tell(trial, value)
    return [study.best_value for study in studies]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("bench")
    arguments.add_argument("sampler", choices=["tpe", "random", "sobol"])
    arguments.add_argument("out")
    arguments.add_argument("--seeds", type=int, default=100)
    arguments.add_argument("--trials", type=int, default=100)
    arguments.add_argument("--only", default="")
    options = arguments.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")
    evaluator = Evaluator(options.bench)
    done = set()
    if os.path.exists(options.out):
        done = {tuple(line.split()[:2]) for line in open(options.out)}
    functions = read_functions(options.bench)
    chosen = [name for name in functions if not options.only or name in options.only.split(",")]
    with open(options.out, "a") as out:
        for first in range(0, options.seeds, TOGETHER):  # outside, so that a part has all functions
            for name in chosen:
                least, parameters = functions[name]
                seeds = range(first, min(first + TOGETHER, options.seeds))
                seeds = [seed for seed in seeds if (name, str(seed)) not in done]
                found = search(evaluator, name, parameters, options.sampler, seeds, options.trials)
                out.writelines(f"{name} {seed} {best - least!r}\n" for seed, best in zip(seeds, found))
                out.flush()


main()
