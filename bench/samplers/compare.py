"""Regrets of our samplers against those of their namesakes in Optuna: what bench_samplers and optuna_peer.py printed.

    python compare.py OURS THEIRS

Per function the mean regrets over the seeds of each file, and their ratio with the ends of its 90 % bootstrap interval;
then the geometric mean of the ratios and the upper 95 % bound of that. Seeds are drawn anew, the same for all functions,
for each file by itself. Exit status 8 if the bound is above 1.10 or a single ratio above 1.5.
"""

import math
import random
import sys

N_RESAMPLES = 2000
MOST_ON_AVERAGE = 1.10
MOST_ON_ONE = 1.5


def read(path):
    """Function to regrets, in the order of the seeds; of the seeds that all functions have."""
    regrets = {}
    for line in open(path):
        name, seed, regret = line.split()
        regrets.setdefault(name, {})[int(seed)] = float(regret)
    seeds = sorted(set.intersection(*[set(of_seed) for of_seed in regrets.values()]))
    return {name: [of_seed[seed] for seed in seeds] for name, of_seed in regrets.items()}, len(seeds)


def mean(values):
    return sum(values) / len(values)


def ratios(ours, theirs, names):
    return [mean(ours[name]) / mean(theirs[name]) for name in names]


def geometric_mean(values):
    return math.exp(mean([math.log(value) for value in values]))


def resampled(regrets, n_seeds, draw):
    chosen = draw.choices(range(n_seeds), k=n_seeds)
    return {name: [values[i] for i in chosen] for name, values in regrets.items()}


def main():
    (ours, n_ours), (theirs, n_theirs) = read(sys.argv[1]), read(sys.argv[2])
    names = [name for name in ours if name in theirs]
    draw = random.Random(0)
    samples = [
        ratios(resampled(ours, n_ours, draw), resampled(theirs, n_theirs, draw), names) for _ in range(N_RESAMPLES)
    ]

    def quantile(values, share):
        return sorted(values)[int(share * N_RESAMPLES)]

    print(
        f"{'function':18}{'ours':>12}{'theirs':>12}{'ratio':>8}{'from':>8}{'to':>8}"
        f"    mean regrets over {n_ours} and {n_theirs} seeds"
    )
    found = ratios(ours, theirs, names)
    for i, name in enumerate(names):
        of_one = [sample[i] for sample in samples]
        print(
            f"{name:18}{mean(ours[name]):12.4g}{mean(theirs[name]):12.4g}{found[i]:8.2f}"
            f"{quantile(of_one, 0.05):8.2f}{quantile(of_one, 0.95):8.2f}"
        )
    upper = quantile([geometric_mean(sample) for sample in samples], 0.95)
    worst = max(found)
    is_met = upper <= MOST_ON_AVERAGE and worst <= MOST_ON_ONE
    print(
        f"geometric mean {geometric_mean(found):.3f}, at most {upper:.3f} (95 %); worst {worst:.2f}; "
        f"{'met' if is_met else 'not met'}"
    )
    return 0 if is_met else 8


sys.exit(main())
