"""64 trials in a pool of forked workers that have loaded PyTorch and live on."""
import multiprocessing
import sys

import torch

import trial

if __name__ == "__main__":
    torch.set_num_threads(1)
    with multiprocessing.get_context("fork").Pool(int(sys.argv[1])) as pool:
        results = pool.starmap(trial.train, trial.POINTS, chunksize=1)
    print(len(results))
