"""The loop of bench/training/peers/plain.py with PyTorch's DistributedDataParallel over Gloo: a process of several.

    RANK=0 WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=29500 python3 ddp.py gpt --weights CHECKPOINT --data FILE

Each process takes its stretch of every batch. Rank 0 prints one line of JSON.
"""
import json
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training" / "peers"))
import models  # noqa: E402
import plain  # noqa: E402


def main():
    args = plain.arguments()
    torch.set_num_threads(args.threads)
    dist.init_process_group("gloo")
    rank, size = dist.get_rank(), dist.get_world_size()
    model = DistributedDataParallel(models.with_weights(args.model, args.weights).train())
    batch = models.BATCH[args.model]
    assert batch % size == 0
    own = slice(rank * batch // size, (rank + 1) * batch // size)
    rows = models.Rows(args.model, args.data)
    batches = (rows.batch(torch.arange(first, first + batch)[own]) for first in epochs(rows.count, batch))
    result = plain.train(args, model, batches)
    if rank == 0:
        print(json.dumps(result))
    dist.destroy_process_group()


def epochs(count, batch):
    """Where batches begin, epoch after epoch."""
    while True:
        yield from range(0, count - batch + 1, batch)


if __name__ == "__main__":
    main()
