#!/usr/bin/env python3
"""The JSON Schema of configs in an off-the-shelf validator.

    schema_test.py PRINT_SCHEMA SOURCE      the program that prints the schema, the source tree

It must be a valid schema itself, accept every config that ships and every YAML example of the documentation, and reject
configs that are broken in one field each. Exits with 77 (skipped) where jsonschema or PyYAML is not installed.
"""
import copy
import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

try:
    import yaml
    from jsonschema import Draft202012Validator
except ImportError as missing:
    print(f"skipped: {missing}; scripts/setup test installs python3-jsonschema and python3-yaml")
    sys.exit(77)

PRINT_SCHEMA, SOURCE = sys.argv[1], Path(sys.argv[2])


class Loader(yaml.SafeLoader):
    """Knows `!secret NAME`, as editors are told to."""


Loader.add_constructor("!secret", lambda loader, node: loader.construct_scalar(node))

# Valid, and with something of everything. Mutants break one field each.
TABLE = """
assay: 1
name: table
tags: [a, b]
seed: 3
device: cuda:0
threads: 2
deterministic: true
vars: {width: 8}
dataset:
  type: csv
  file: table.csv
  inputs: [a, b]
  target: -1
  task: classification
  header: auto
  skip_lines: 1
  split: {type: fractions, train: 70%, valid: 0.15, test: 15%, stratify: true, seed: 1}
  transforms: [standardize, {type: scale, factor: 2}]
model: {type: mlp, hidden: [64, $(vars.width)], dropout: 0.1, activation: {type: leaky_relu, slope: 0.1}}
loss: {type: cross_entropy, label_smoothing: 0.1}
optimizer: {type: adamw, lr: 1e-3, betas: [0.9, 0.99], weight_decay: 0.01}
schedule: {type: cosine, warmup: 5%}
train: {batch_size: 64, until: [20 epochs, 2 h], shuffle: true, log_every: 50 steps}
metrics: [accuracy]
evaluate: {every: 1 epoch, test: best}
checkpoint: {keep_best: valid/accuracy}
observers: [{type: early_stop, metric: valid/loss, patience: 3}]
"""

IMAGES = """
assay: 1
dataset: {type: idx, train_images: x.idx, train_labels: y.idx, classes: [a, b]}
model:
  type: sequential
  layers:
    - {type: conv2d, channels: 8, kernel: 3, padding: same, init: {weight: he_normal, bias: 0}}
    - relu
    - {type: max_pool2d, kernel: 2}
    - {type: dropout, p: 0.5}
    - flatten
    - linear
optimizer: {type: sgd, lr: 0.1, momentum: 0.9}
train: {until: 5 epochs}
"""

GONE = object()

TABLE_MUTANTS = {
    "assay": "one",
    "name": "a/b",
    "tags": "a",
    "seed": -1,
    "device": "gpu",
    "threads": 0,
    "deterministic": "maybe",
    "sed": 3,
    "dataset.type": "cvs",
    "dataset.task": "clustering",
    "dataset.header": "maybe",
    "dataset.skip_lines": -1,
    "dataset.separater": ";",
    "dataset.split.train": 1.5,
    "dataset.split.stratify": "maybe",
    "dataset.split.validate": 0.1,
    "dataset.transforms": "standardize",
    "dataset.transforms.0": "standardise",
    "dataset.transforms.1.divide_by": "much",
    "model": "mpl",
    "model.hidden": 64,
    "model.hidden.0": 0,
    "model.dropout": 1.0,
    "model.activation.slope": -1,
    "model.hiden": [8],
    "loss.label_smoothing": 2,
    "optimizer": GONE,
    "optimizer.lr": -0.1,
    "optimizer.betas": [0.9, 0.99, 0.999],
    "optimizer.weigth_decay": 0.1,
    "schedule.warmup": "5",
    "schedule.floor": 2,
    "train": GONE,
    "train.batch_size": 0,
    "train.until": [],
    "train.log_every": "often",
    "train.epochs": 5,
    "metrics": "accuracy",
    "metrics.0": "accurracy",
    "evaluate.every": 5,
    "evaluate.test": "always",
    "checkpoint.keep_best": ["valid/loss"],
    "observers.0.patience": -1,
}

# Without `type`: the rest is what the data set says.
SPLIT = """
assay: 1
dataset: {type: digits, split: {train: 0.8, valid: 10%, seed: 1}}
model: mlp
optimizer: adam
train: {until: 5 epochs}
"""

# Of a map without a type: a text may be the file of `index_files`, which another file of the config names.
SPLIT_MUTANTS = {
    "dataset.split.train": True,
    "dataset.split.stratify": "maybe",
    "dataset.split.seed": -1,
    "dataset.split.shares": [1, 2],
    "train.until": GONE,
}

IMAGES_MUTANTS = {
    "dataset.classes": "a",
    "model.layers": "relu",
    "model.layers.0.channels": 0,
    "model.layers.0.kernel": 2.5,
    "model.layers.0.padding": "valid",
    "model.layers.0.init.weight": "he",
    "model.layers.1": "rleu",
    "model.layers.2.size": 2,
    "model.layers.3.p": 1.5,
    "optimizer.momentum": "a lot",
    "train.until": "20",
}


def mutant(config, path, value):
    """A copy of `config` with `value` at the dotted path; GONE takes the key out."""
    out = copy.deepcopy(config)
    node = out
    *parents, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    for key in parents:
        node = node[key]
    if value is GONE:
        del node[last]
    else:
        node[last] = value
    return out


def examples(page):
    """The YAML blocks of a page with their first lines."""
    text = page.read_text()
    for block in re.finditer(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield text.count("\n", 0, block.start()) + 1, block.group(1)


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        printed = subprocess.run([PRINT_SCHEMA], check=True, capture_output=True, text=True).stdout
        cls.schema = json.loads(printed)
        cls.validator = Draft202012Validator(cls.schema)

    def problems(self, config):
        return [f"{'.'.join(map(str, error.path))}: {error.message}" for error in self.validator.iter_errors(config)]

    def test_is_a_schema(self):
        Draft202012Validator.check_schema(self.schema)

    def test_accepts_every_config_that_ships(self):
        files = [*SOURCE.glob("configs/*.yaml"), *SOURCE.glob("experiments/*/experiment.yaml")]
        self.assertGreaterEqual(len(files), 3)
        for file in files:
            with self.subTest(str(file.relative_to(SOURCE))):
                self.assertEqual([], self.problems(yaml.load(file.read_text(), Loader)))

    def test_editors_find_it_from_every_config_that_ships(self):
        for file in SOURCE.glob("configs/*.yaml"):
            with self.subTest(file.name):
                self.assertEqual("# yaml-language-server: $schema=schema.json", file.read_text().split("\n")[0])

    def test_accepts_every_example_of_the_documentation(self):
        for page in (SOURCE / "README.md", SOURCE / "docs" / "config.md"):
            blocks = list(examples(page))
            self.assertTrue(blocks, page)
            for line, block in blocks:
                with self.subTest(f"{page.name}:{line}"):
                    self.assertEqual([], self.problems(yaml.load(block, Loader)))

    def test_rejects_whatever_is_broken_in_one_field(self):
        for base, mutants in ((TABLE, TABLE_MUTANTS), (IMAGES, IMAGES_MUTANTS), (SPLIT, SPLIT_MUTANTS)):
            config = yaml.load(base, Loader)
            self.assertEqual([], self.problems(config))
            for path, value in mutants.items():
                with self.subTest(f"{path} = {'(gone)' if value is GONE else value}"):
                    self.assertTrue(self.problems(mutant(config, path, value)), "is accepted")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
