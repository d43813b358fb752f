"""The same training by Lightning's Trainer, with logger, checkpoints, bar and summary off.

    python3 lightning_fit.py MODEL --weights CHECKPOINT --data FILE [--fused] [--skip N] [--steps N] [--threads N]
"""
import json
import logging
import warnings

import lightning
import torch

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
        return self.loss(self.model(x), y)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=1e-3, fused=True if self.args.fused else None)


class Timing(lightning.Callback):
    def __init__(self, args):
        self.stopwatch = Stopwatch(args.skip, args.steps)
        self.last_loss = None

    def on_train_batch_end(self, trainer, module, outputs, *_):
        self.stopwatch.at(trainer.global_step)
        self.last_loss = outputs["loss"]


class RowsAsDataset(torch.utils.data.IterableDataset):
    """Whole batches, made as the plain loop makes them: what is timed is the trainer, not a loader."""

    def __init__(self, rows, size):
        self.rows, self.size = rows, size

    def __iter__(self):
        return self.rows.batches(self.size)


def main():
    args = arguments()
    warnings.filterwarnings("ignore")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    torch.set_num_threads(args.threads)
    timing = Timing(args)
    loader = torch.utils.data.DataLoader(RowsAsDataset(models.Rows(args.model, args.data), models.BATCH[args.model]), batch_size=None)
    trainer = lightning.Trainer(
        accelerator="cpu", max_steps=args.skip + args.steps, logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False, callbacks=[timing])
    trainer.fit(Fit(args), loader)
    print(json.dumps(timing.stopwatch.result() | {"loss": float(timing.last_loss)}))


if __name__ == "__main__":
    main()
