"""The trial of all peers: the digits MLP as one writes it in PyTorch, 10 epochs, one thread, judged once at the end."""
import gzip
import itertools
from pathlib import Path

DATA = Path(__file__).resolve().parents[3] / "datasets" / "data" / "digits.csv.gz"
LRS, WIDTHS, SEEDS = [1e-4, 3e-4, 1e-3, 3e-3], [32, 64, 128, 256], [0, 1, 2, 3]
POINTS = list(itertools.product(LRS, WIDTHS, SEEDS))
_digits = []


def digits():
    """Read once in a process, as any of these would be written."""
    import numpy as np
    import torch

    if not _digits:
        with gzip.open(DATA, "rt") as file:
            rows = np.loadtxt(file, delimiter=",", dtype=np.float32)
        # Both at once: Optuna runs trials in threads.
        _digits[:] = (torch.from_numpy(rows[:, :64] / 16), torch.from_numpy(rows[:, 64].astype("i8")))
    return _digits


def train(lr, width, seed, epochs=10, batch=64):
    """Loss of the last batch and accuracy on the last 297 rows."""
    import torch
    import torch.nn.functional as F
    from torch import nn

    torch.set_num_threads(1)
    x, y = digits()
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(64, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 10))
    optimizer = torch.optim.AdamW(net.parameters(), lr=lr)
    for _ in range(epochs):
        order = torch.randperm(1500)
        for first in range(0, 1500, batch):
            rows = order[first : first + batch]
            optimizer.zero_grad(set_to_none=True)
            loss = F.cross_entropy(net(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        accuracy = (net(x[1500:]).argmax(1) == y[1500:]).float().mean().item()
    return loss.item(), accuracy
