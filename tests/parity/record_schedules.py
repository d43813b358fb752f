#!/usr/bin/env python3
"""Records a thousand steps of every schedule, as PyTorch, scikit-learn or the papers' formulas give them.

Needs torch 2.13 and scikit-learn 1.9:  python3 tests/parity/record_schedules.py
Writes schedules.json beside itself: the factor on a learning rate of 1 at some steps, in f64.
"""
import json
import math

import numpy
import torch
from sklearn.neural_network._stochastic_optimizers import SGDOptimizer
from torch.optim import lr_scheduler as by

from record import HERE

STEPS, PER_EPOCH, BATCH, PER_EPOCH_SAMPLES = 1000, 50, 8, 397
KEPT = sorted({*range(0, STEPS, 37), *range(5), 49, 50, 99, 100, 101, 199, 200, 299, 300, 499, 500, 749, 750, 799, 800, 999})


def valid_loss(epoch):
    """Falls, then stays, with a little noise; the tests repeat it."""
    return max(1 / (1 + epoch), 0.125) + (epoch * 7 % 5) / 1024


def rates(make, after_epoch=None):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = make(optimizer)
    out = []
    for step in range(STEPS):
        out.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if after_epoch is None:
            schedule.step()
        elif (step + 1) % PER_EPOCH == 0:
            after_epoch(schedule, step // PER_EPOCH)
    return out


def warmed(steps, make):
    def chained(optimizer):
        rise = by.LinearLR(optimizer, start_factor=1 / (steps + 1), total_iters=steps)
        return by.SequentialLR(optimizer, [rise, make(optimizer)], milestones=[steps])
    return chained


def formula(factor):
    return lambda optimizer: by.LambdaLR(optimizer, factor)


def inverse_scaling(power):
    optimizer = SGDOptimizer([numpy.zeros(1)], learning_rate_init=1.0, lr_schedule="invscaling", power_t=power)
    out = []
    for step in range(STEPS):
        out.append(float(optimizer.learning_rate))
        if (step + 1) % PER_EPOCH == 0:
            optimizer.iteration_ends((step + 1) // PER_EPOCH * PER_EPOCH_SAMPLES)
    return out


def constant(factor):
    return lambda optimizer: by.ConstantLR(optimizer, factor=factor, total_iters=10**9)


def wsd_of_lines(optimizer):
    return by.SequentialLR(optimizer, [
        by.LinearLR(optimizer, start_factor=1 / 51, total_iters=50), constant(1)(optimizer),
        by.LinearLR(optimizer, start_factor=1, end_factor=0, total_iters=200)], milestones=[50, 800])


def wsd(shape):
    def factor(step):
        x = max(0, step - 800) / 200
        return min(1.0, (step + 1) / 51) * {"sqrt": 1 - math.sqrt(x), "cosine": (1 + math.cos(math.pi * x)) / 2}[shape]
    return formula(factor)


def plateau(**options):
    return rates(lambda optimizer: by.ReduceLROnPlateau(optimizer, eps=0, **options),
                 lambda schedule, epoch: schedule.step(valid_loss(epoch)))


def chain(optimizer):
    return by.SequentialLR(optimizer, [
        constant(0.1)(optimizer), by.CosineAnnealingLR(optimizer, T_max=300),
        by.PolynomialLR(optimizer, total_iters=600, power=2)], milestones=[100, 400])


SCHEDULES = {
    "constant": ({"type": "constant"}, rates(constant(1))),
    "constant with warmup": ({"type": "constant", "warmup": "2 epochs"}, rates(warmed(100, constant(1)))),
    "step": ({"type": "step"}, rates(lambda o: by.StepLR(o, 300, gamma=0.1))),
    "step of epochs": ({"type": "step", "every": "4 epochs", "gamma": 0.5}, rates(lambda o: by.StepLR(o, 200, gamma=0.5))),
    "multi_step": ({"type": "multi_step"}, rates(lambda o: by.MultiStepLR(o, [500, 750]))),
    "exponential": ({"type": "exponential", "gamma": 0.997, "every": "1 step"}, rates(lambda o: by.ExponentialLR(o, 0.997))),
    "polynomial": ({"type": "polynomial", "power": 2}, rates(lambda o: by.PolynomialLR(o, STEPS, power=2))),
    "polynomial to a floor": ({"type": "polynomial", "floor": 0.1},
                              rates(lambda o: by.LinearLR(o, start_factor=1, end_factor=0.1, total_iters=STEPS))),
    "cosine": ({"type": "cosine"}, rates(lambda o: by.CosineAnnealingLR(o, T_max=STEPS))),
    "cosine with warmup": ({"type": "cosine", "warmup": "10%", "floor": 0.1},
                               rates(warmed(100, lambda o: by.CosineAnnealingLR(o, T_max=900, eta_min=0.1)))),
    "cosine with restarts": ({"type": "cosine", "period": "2 epochs", "period_factor": 2, "floor": 0.05},
                             rates(lambda o: by.CosineAnnealingWarmRestarts(o, T_0=100, T_mult=2, eta_min=0.05))),
    "one_cycle": ({"type": "one_cycle"}, rates(lambda o: by.OneCycleLR(o, 1.0, STEPS, cycle_momentum=False))),
    "one_cycle of lines": ({"type": "one_cycle", "rise": 0.4, "start_divisor": 10, "end_divisor": 100, "shape": "linear"},
                           rates(lambda o: by.OneCycleLR(o, 1.0, STEPS, pct_start=0.4, anneal_strategy="linear",
                                                         div_factor=10, final_div_factor=100, cycle_momentum=False))),
    "one_cycle in three phases": ({"type": "one_cycle", "three_phase": True},
                                  rates(lambda o: by.OneCycleLR(o, 1.0, STEPS, three_phase=True, cycle_momentum=False))),
    "wsd": ({"type": "wsd"}, rates(wsd_of_lines)),
    "wsd cosine": ({"type": "wsd", "shape": "cosine"}, rates(wsd("cosine"))),
    "wsd sqrt": ({"type": "wsd", "shape": "sqrt"}, rates(wsd("sqrt"))),
    "inverse_sqrt": ({"type": "inverse_sqrt", "warmup": "100 steps"},
                     rates(formula(lambda s: (s + 1) / 101 if s < 100 else math.sqrt(100 / s)))),
    "inverse_scaling": ({"type": "inverse_scaling"}, inverse_scaling(0.5)),
    "inverse_scaling by another power": ({"type": "inverse_scaling", "power": 0.25}, inverse_scaling(0.25)),
    "reduce_on_plateau": ({"type": "reduce_on_plateau", "factor": 0.5, "patience": 2, "cooldown": 1, "floor": 0.05},
                          plateau(factor=0.5, patience=2, cooldown=1, min_lr=0.05)),
    "reduce_on_plateau absolute": ({"type": "reduce_on_plateau", "patience": 1, "threshold": 0.02, "threshold_mode": "abs"},
                                   plateau(patience=1, threshold=0.02, threshold_mode="abs")),
    "chain": ({"type": "chain", "parts": [{"schedule": {"type": "constant", "factor": 0.1}, "for": "2 epochs"},
                                          {"schedule": "cosine", "for": "30%"},
                                          {"schedule": {"type": "polynomial", "power": 2}}]}, rates(chain)),
}


if __name__ == "__main__":
    recorded = {"torch": torch.__version__, "steps": KEPT}
    for name, (options, factors) in SCHEDULES.items():
        recorded[name] = {"schedule": options, "factors": [factors[step] for step in KEPT]}
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in recorded.items())
    (HERE / "schedules.json").write_text("{" + lines + "}\n")
