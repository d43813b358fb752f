"""64 trials by Optuna in one process: a grid, in memory, as many threads as it is told."""
import sys

import optuna

import trial


def objective(one):
    point = (
        one.suggest_categorical("lr", trial.LRS),
        one.suggest_categorical("width", trial.WIDTHS),
        one.suggest_categorical("seed", trial.SEEDS),
    )
    return trial.train(*point)[1]


if __name__ == "__main__":
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = {"lr": trial.LRS, "width": trial.WIDTHS, "seed": trial.SEEDS}
    study = optuna.create_study(sampler=optuna.samplers.GridSampler(space, seed=0), direction="maximize")
    study.optimize(objective, n_trials=len(trial.POINTS), n_jobs=int(sys.argv[1]))
    print(len(study.trials))
