"""The samplers of Optuna on the functions of bench_samplers, with the same budget and the same count of seeds.

    python optuna_peer.py BENCH_SAMPLERS SAMPLER OUT [--seeds 100] [--trials 100] [--only NAME,NAME]

SAMPLER: tpe, random, sobol (QMCSampler, scrambled). A line for each function and seed: name seed regret. What OUT
holds already is kept, so that a run that was stopped goes on.
"""

import argparse
import math
import os
import subprocess
import warnings

import optuna


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
    evaluator = subprocess.Popen([options.bench, "evaluate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    done = set()
    if os.path.exists(options.out):
        done = {tuple(line.split()[:2]) for line in open(options.out)}
    with open(options.out, "a") as out:
        functions = read_functions(options.bench)
        for seed in range(options.seeds):  # outside, so that a part has all functions
            for name, (least, parameters) in functions.items():
                if (name, str(seed)) in done or (options.only and name not in options.only.split(",")):
                    continue
                space = {parameter[0]: distribution(parameter) for parameter in parameters}
                study = optuna.create_study(sampler=make_sampler(options.sampler, seed))
                best = math.inf
                for _ in range(options.trials):
                    trial = study.ask(space)
                    values = " ".join(repr(float(trial.params[parameter[0]])) for parameter in parameters)
                    evaluator.stdin.write(f"{name} {values}\n")
                    evaluator.stdin.flush()
                    value = float(evaluator.stdout.readline())
                    study.tell(trial, value)
                    best = min(best, value)
                out.write(f"{name} {seed} {best - least!r}\n")
                out.flush()


main()
