"""One run: its run.h5 and the files beside it."""

import json
import os
from collections.abc import Mapping

import h5py
import numpy

from ._card import card


def load(path):
    """The run whose folder, or whose run.h5, is at `path`.

    Raises FileNotFoundError if there is none, ValueError if the file is no record of assay or of a later version.
    """
    path = os.fspath(path)
    file = os.path.join(path, "run.h5") if os.path.isdir(path) else path
    if not os.path.exists(file):
        raise FileNotFoundError(f"{path} holds no run.h5")
    return Run(file)


def flatten(config, prefix=""):
    """{"optimizer": {"lr": 0.1}} -> {"optimizer.lr": 0.1}; a list of maps by numbers, any other as it is."""
    out = {}
    for key, value in config.items():
        name = f"{prefix}{key}"
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            value = {str(i): item for i, item in enumerate(value)}
        if isinstance(value, dict) and value:
            out.update(flatten(value, name + "."))
        else:
            out[name] = value
    return out


def real(value):
    """A number as JSON of assay has it: nan, inf and -inf are texts."""
    return float(value) if isinstance(value, str) else value


class Series:
    """The rows of one metric: numpy arrays `step`, `epoch`, `value` [n], and `wall_time` in seconds since 1970."""

    def __init__(self, name, step, epoch, value, wall_time):
        self.name = name
        self.step = step
        self.epoch = epoch
        self.value = value
        self.wall_time = wall_time

    def __len__(self):
        return len(self.value)

    def __array__(self, dtype=None, copy=None):
        return numpy.asarray(self.value, dtype=dtype)

    def __repr__(self):
        last = f", last {self.value[-1]:g}" if len(self) else ""
        return f"<{self.name}: {len(self)} rows{last}>"

    @property
    def last(self):
        return float(self.value[-1])

    def min(self):
        return float(numpy.nanmin(self.value))

    def max(self):
        return float(numpy.nanmax(self.value))

    def frame(self):
        """pandas: a row for each, columns step, epoch, value, wall_time."""
        import pandas

        return pandas.DataFrame(
            {"step": self.step, "epoch": self.epoch, "value": self.value, "wall_time": self.wall_time}
        )


class Metrics(Mapping):
    """Series by name, "valid/accuracy", each read when it is asked for."""

    def __init__(self, file):
        self._file = file
        with h5py.File(file) as h5:
            self._names = [f"{split}/{name}" for split, names in h5["metrics"].items() for name in names]

    def __getitem__(self, name):
        if name not in self._names:
            raise KeyError(f"{name!r}; there are {', '.join(self._names)}")
        with h5py.File(self._file) as h5:
            rows = h5[f"metrics/{name}"]
            wall = h5[f"wallclock/{name}"][:] * 1e-9
            return Series(name, rows["step"][:], rows["epoch"][:], rows["value"][:], wall)

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
        return len(self._names)

    def __repr__(self):
        return f"<metrics: {', '.join(self._names)}>"

    def frame(self):
        """pandas: a row for each step, a column for each metric."""
        import pandas

        columns = {}
        for name in self:
            series = self[name]
            column = pandas.Series(series.value, index=series.step)
            columns[name] = column[~column.index.duplicated(keep="last")]
        return pandas.DataFrame(columns).rename_axis("step")


class Weights(Mapping):
    """Parameters and buffers of a checkpoint by dotted name, numpy arrays that are read when they are asked for."""

    def __init__(self, file, step):
        self.file = file
        self.step = step
        with h5py.File(file) as h5:
            self._names = list(h5["model"])

    def __getitem__(self, name):
        with h5py.File(self.file) as h5:
            return h5["model"][name][()]

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
        return len(self._names)

    def __repr__(self):
        return f"<weights after step {self.step}: {len(self)} arrays>"

    def torch(self):
        """A dict of tensors, for `load_state_dict`; bfloat16 as it was."""
        import torch

        tensors = {}
        with h5py.File(self.file) as h5:
            for name in self._names:
                data = h5["model"][name]
                tensor = torch.from_numpy(numpy.array(data[()]))
                is_bfloat16 = data.dtype == numpy.float32 and data.id.get_type().get_size() == 2
                tensors[name] = tensor.to(torch.bfloat16) if is_bfloat16 else tensor
        return tensors


class Run:
    """What run.h5 says, read when it is asked for. Of a run that goes on: as of some seconds ago."""

    def __init__(self, file):
        self.file = os.path.abspath(file)
        self.folder = os.path.dirname(self.file)
        with h5py.File(self.file) as h5:
            attributes = dict(h5.attrs)
        if attributes.get("format") != "assay.run":
            raise ValueError(f"{file} is no record of a run")
        if attributes["format_version"] > 1:
            raise ValueError(f"{file} was written by a later assay: format {attributes['format_version']}")
        self.name = attributes["name"]
        self.id = attributes["id"]
        self.status = attributes["status"]
        self.message = attributes["message"]
        self.seed = int(attributes["seed"])
        self.step = int(attributes["step"])
        self.epoch = int(attributes["epoch"])
        self.seconds = float(attributes["seconds"])
        self.start = attributes["start"]
        self.command = json.loads(attributes["command"])

    def __repr__(self):
        return f"<run {self.name}/{self.id}: {self.status} after {self.step} steps>"

    def _repr_html_(self):
        return card(self)

    def _text(self, path):
        with h5py.File(self.file) as h5:
            return h5[path].asstr()[()]

    @property
    def config(self):
        """The resolved config, with every default."""
        return json.loads(self._text("config/resolved"))

    @property
    def provenance(self):
        """Where each value of the config came from: {"optimizer.lr": "digits.yaml:7:20"}."""
        return json.loads(self._text("config/provenance"))

    @property
    def tags(self):
        for file in ("tags.json", "summary.json"):
            try:
                with open(os.path.join(self.folder, file), encoding="utf-8") as opened:
                    return list(json.load(opened)["tags"])
            except (FileNotFoundError, KeyError, ValueError):
                continue
        return list(self.config.get("tags") or [])

    @property
    def metrics(self):
        return Metrics(self.file)

    @property
    def arrays(self):
        """The latest array of each name, as {"valid/confusion_matrix": numpy}."""
        with h5py.File(self.file) as h5:
            return {
                f"{split}/{name}": array[()]
                for split, names in h5.get("arrays", {}).items()
                for name, array in names.items()
            }

    @property
    def events(self):
        """A list of maps: step, wall_ns, attempt, kind, message."""
        return self._table("events")

    @property
    def checkpoints(self):
        """A list of maps, as /checkpoints/table of the record has them; `file` is within the run's folder."""
        return self._table("checkpoints/table")

    @property
    def environment(self):
        """Facts about machine, build and libraries."""
        facts = {}
        with h5py.File(self.file) as h5:
            for key, value in h5["environment"].attrs.items():
                is_json = isinstance(value, str) and value[:1] in "{["
                facts[key] = json.loads(value) if is_json and value else value
        return facts

    def weights(self, kind="final"):
        """Of the checkpoint that is `final`, `best` or `last`; KeyError if the run has none."""
        wanted = {"final": lambda row: row["kind"] == "final", "best": lambda row: row["best"], "last": lambda row: True}
        if kind not in wanted:
            raise KeyError(f"{kind!r}; there are final, best, last")
        rows = [row for row in self.checkpoints if not row["superseded"] and wanted[kind](row)]
        if not rows:
            raise KeyError(f"this run has no {kind} checkpoint")
        file = os.path.realpath(os.path.join(self.folder, rows[-1]["file"]))
        if not file.startswith(os.path.realpath(self.folder) + os.sep):
            raise ValueError(f"{rows[-1]['file']} lies outside of the run's folder")
        return Weights(file, int(rows[-1]["step"]))

    def last(self):
        """The last value of each metric."""
        with h5py.File(self.file) as h5:
            return {
                f"{split}/{name}": float(rows["value"][-1])
                for split, names in h5["metrics"].items()
                for name, rows in names.items()
                if len(rows["value"])
            }

    def _table(self, path):
        with h5py.File(self.file) as h5:
            columns = {}
            for name, column in h5[path].items():
                if isinstance(column, h5py.Dataset):
                    is_text = h5py.check_string_dtype(column.dtype) is not None
                    columns[name] = (column.asstr()[:] if is_text else column[:]).tolist()
        return [dict(zip(columns, row)) for row in zip(*columns.values())]
