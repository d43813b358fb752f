"""Regrets of our samplers against those of Optuna: what bench_samplers and optuna_peer.py printed.

    python compare.py OURS THEIRS

Per function the mean regrets over the seeds that both files have, and their ratio; then the geometric mean of the
ratios with the upper end of its 95 % bootstrap interval (seeds are drawn anew, the same for all functions). Exit status
8 if that end is above 1.10 or a single ratio above 1.5.
"""

import math
import random
import sys


def read(path):
    regrets = {}
    for line in open(path):
        name, seed, regret = line.split()
        regrets.setdefault(name, {})[int(seed)] = float(regret)
    return regrets


def mean(values):
    return sum(values) / len(values)


def geometric_mean(ours, theirs, names, seeds):
    ratios = [mean([ours[n][s] for s in seeds]) / mean([theirs[n][s] for s in seeds]) for n in names]
    return math.exp(mean([math.log(r) for r in ratios]))


def main():
    ours, theirs = read(sys.argv[1]), read(sys.argv[2])
    names = [name for name in ours if name in theirs]
    seeds = sorted(set.intersection(*[set(ours[n]) & set(theirs[n]) for n in names]))
    worst = 0
    print(f"{'function':18}{'ours':>12}{'theirs':>12}{'ratio':>8}    mean regret over {len(seeds)} seeds")
    for name in names:
        a, b = mean([ours[name][s] for s in seeds]), mean([theirs[name][s] for s in seeds])
        worst = max(worst, a / b)
        print(f"{name:18}{a:12.4g}{b:12.4g}{a / b:8.2f}")
    draw = random.Random(0)
    means = sorted(
        geometric_mean(ours, theirs, names, draw.choices(seeds, k=len(seeds))) for _ in range(2000)
    )
    upper = means[int(0.95 * len(means))]
    print(f"geometric mean {geometric_mean(ours, theirs, names, seeds):.3f}, at most {upper:.3f} (95 %); worst {worst:.2f}")
    return 8 if upper > 1.10 or worst > 1.5 else 0


sys.exit(main())
