"""The same training by Lightning's Trainer, without checkpoints, bar and summary.

    python3 lightning_fit.py MODEL --weights CHECKPOINT --data FILE [--bare] [--fused] [--skip N] [--steps N] [--threads N]

As its documentation writes it: samples from a DataLoader, the loss logged by self.log to a CSVLogger every 50 steps. --bare
leaves both out: batches come ready-made and nothing is logged, so that the Trainer alone is timed.
"""
import json
import logging
import sys
import tempfile
import warnings

import lightning
import torch
from lightning.pytorch.loggers import CSVLogger

import models
from plain import Stopwatch, arguments


class Fit(lightning.LightningModule):
    def __init__(self, args):
        super().__init__()
        self.args = args
        self.model = models.with_weights(args.model, args.weights)
        self.loss = models.loss_of(args.model)

    def training_step(self, batch, _):
        x, y = batch
        loss = self.loss(self.model(x), y)
        if not self.args.bare:
            self.log("train_loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=1e-3, fused=True if self.args.fused else None)


class Timing(lightning.Callback):
    def __init__(self, args):
        self.stopwatch = Stopwatch(args.skip, args.steps)
        self.last_loss = None

    def on_train_batch_end(self, trainer, module, outputs, *_):
        self.stopwatch.at(trainer.global_step)
        self.last_loss = outputs["loss"]


class Samples(torch.utils.data.Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return self.rows.count

    def __getitem__(self, index):
        if self.rows.starts is None:
            return self.rows.x[index], self.rows.y[index]
        first, length = self.rows.starts[index], self.rows.length
        return self.rows.x[first:first + length], self.rows.x[first + 1:first + 1 + length]


class Batches(torch.utils.data.IterableDataset):
    """As the plain loop makes them."""

    def __init__(self, rows, size):
        self.rows, self.size = rows, size

    def __iter__(self):
        return self.rows.batches(self.size)


def loader_of(args):
    rows, size = models.Rows(args.model, args.data), models.BATCH[args.model]
    if args.bare:
        return torch.utils.data.DataLoader(Batches(rows, size), batch_size=None)
    return torch.utils.data.DataLoader(Samples(rows), batch_size=size, drop_last=True)


def main():
    bare = "--bare" in sys.argv
    args = arguments([word for word in sys.argv[1:] if word != "--bare"])
    args.bare = bare
    warnings.filterwarnings("ignore")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    torch.set_num_threads(args.threads)
    timing = Timing(args)
    with tempfile.TemporaryDirectory() as folder:
        trainer = lightning.Trainer(
            accelerator="cpu", max_steps=args.skip + args.steps, max_epochs=-1, enable_checkpointing=False,
            logger=False if args.bare else CSVLogger(folder), enable_progress_bar=False, enable_model_summary=False,
            callbacks=[timing])
        trainer.fit(Fit(args), loader_of(args))
    print(json.dumps(timing.stopwatch.result() | {"loss": float(timing.last_loss)}))


if __name__ == "__main__":
    main()
