"""A training loop as one writes it in PyTorch: AdamW, gradients set to none, the loss read every 50 steps.

    python3 plain.py MODEL --weights CHECKPOINT --data FILE [--fused] [--skip N] [--steps N] [--threads N]

Prints one line of JSON: processor and wall time a step, and the loss at the end.
"""
import argparse
import json
import time

import torch

import models


def arguments(words=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("model", choices=models.MAKE)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--fused", action="store_true")
    parser.add_argument("--skip", type=int, default=100)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args(words)


class Stopwatch:
    def __init__(self, skip, steps):
        self.first, self.last = skip, skip + steps
        self.begun = self.now()

    @staticmethod
    def now():
        return time.process_time(), time.perf_counter()

    def at(self, step):
        if step == self.first:
            self.begun = self.now()
        if step == self.last:
            self.ended = self.now()

    def result(self):
        steps = self.last - self.first
        cpu, wall = ((end - begin) * 1e6 / steps for begin, end in zip(self.begun, self.ended))
        return {"cpu_us": cpu, "wall_us": wall}


def train(args, model, batches):
    """The time of the steps, and the last loss."""
    loss_of = models.loss_of(args.model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True if args.fused else None)
    stopwatch = Stopwatch(args.skip, args.steps)
    losses = []
    for step in range(1, args.skip + args.steps + 1):
        x, y = next(batches)
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        if step % 50 == 0:
            losses.append(loss.item())
        stopwatch.at(step)
    return stopwatch.result() | {"loss": loss.item()}


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    model = models.with_weights(args.model, args.weights).train()
    batches = models.Rows(args.model, args.data).batches(models.BATCH[args.model])
    print(json.dumps(train(args, model, batches)))


if __name__ == "__main__":
    main()
