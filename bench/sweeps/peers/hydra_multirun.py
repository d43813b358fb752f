"""64 trials by Hydra's multirun with its basic launcher: one after the other, a folder each."""
import sys
import tempfile
from dataclasses import dataclass

import hydra
from hydra.core.config_store import ConfigStore

import trial


@dataclass
class Config:
    lr: float = 1e-3
    width: int = 128
    seed: int = 0


ConfigStore.instance().store(name="config", node=Config)


@hydra.main(version_base=None, config_name="config")
def main(config):
    return trial.train(config.lr, config.width, config.seed)[1]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        keys = {"lr": trial.LRS, "width": trial.WIDTHS, "seed": trial.SEEDS}
        points = [f"{key}={','.join(map(str, values))}" for key, values in keys.items()]
        sys.argv = [sys.argv[0], "--multirun", f"hydra.sweep.dir={folder}", *points]
        main()
