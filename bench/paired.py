"""What comparisons in turn have in common."""
import random
import statistics
import subprocess
import sys


def output(command, **more):
    """What a command prints; the end, with what it says, if it fails."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def lower_bound(ratios, rounds=10000):
    """The lower 95 % bound of their median, by bootstrap."""
    draw = random.Random(1)
    medians = sorted(statistics.median(draw.choices(ratios, k=len(ratios))) for _ in range(rounds))
    return medians[int(0.05 * rounds)]
