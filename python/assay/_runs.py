"""All runs of a folder."""

import json
import os
from collections.abc import Sequence

from ._card import shown
from ._record import flatten, load, real

_FACTS = ("run", "name", "id", "state", "started", "seconds", "step", "epoch", "seed", "tags", "folder")


def runs(folder="runs"):
    """Every run below `folder`, newest first; of a study's folder its trials. Those without a record yet are left
    out."""
    folder = os.fspath(folder)
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"{folder} is no folder")
    found = [_Row(path) for path in _places(folder)]
    return Runs(sorted((row for row in found if row.facts), key=lambda row: row.facts["started"], reverse=True))


def _places(folder):
    if os.path.exists(os.path.join(folder, "spec.json")):  # a study
        parts = [os.path.join(folder, "t", part) for part in _names(os.path.join(folder, "t"))]
        parts.append(os.path.join(folder, "refit"))
    else:
        parts = [os.path.join(folder, name) for name in _names(folder)]
    return [os.path.join(part, name) for part in parts for name in _names(part)]


def _names(folder):
    if not os.path.isdir(folder):
        return []
    return sorted(name for name in os.listdir(folder) if not name.startswith("."))


def _json(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


class _Row:
    """A run as its summary.json has it, without run.h5 being opened; else by its run.h5."""

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.facts, self.metrics, self.config = {}, {}, None
        summary = _json(os.path.join(folder, "summary.json"))
        if summary:
            self._take(summary)
        elif os.path.exists(os.path.join(folder, "run.h5")):
            self._take_record(load(folder))

    def _take(self, summary):
        values = {
            "name": summary.get("name", ""),
            "id": os.path.basename(self.folder),
            "state": self._state(summary.get("status", "")),
            "started": summary.get("start", ""),
            "seconds": summary.get("seconds"),
            "step": summary.get("step"),
            "epoch": summary.get("epoch"),
            "seed": summary.get("seed"),
            "tags": self._tags(summary.get("tags", [])),
        }
        self._set(values)
        self.metrics = {name: real(value) for name, value in summary.get("last", {}).items()}
        self.config = summary.get("config")

    def _take_record(self, run):
        values = {key: getattr(run, key) for key in ("name", "seconds", "step", "epoch", "seed", "tags")}
        self._set({**values, "id": os.path.basename(self.folder), "state": self._state(run.status), "started": run.start})
        self.metrics = run.last()
        self.config = run.config

    def _set(self, values):
        self.facts = {**values, "run": f"{values['name']}/{values['id']}", "folder": self.folder}

    def _state(self, status):
        """A process that was killed could not say so: such a run still reads `running` here."""
        return "finished" if os.path.exists(os.path.join(self.folder, "result.json")) else status

    def _tags(self, tags):
        changed = _json(os.path.join(self.folder, "tags.json"))
        return changed.get("tags", tags) if changed else tags

    def flat_config(self):
        if self.config is None:
            self.config = load(self.folder).config
        return flatten(self.config)


class Runs(Sequence):
    """Runs of a folder: a sequence, by number or by id or name/id."""

    def __init__(self, rows):
        self._rows = list(rows)

    def __len__(self):
        return len(self._rows)

    def __getitem__(self, which):
        if isinstance(which, slice):
            return Runs(self._rows[which])
        if isinstance(which, str):
            fits = [row for row in self._rows if which in (row.facts["run"], row.facts["id"])]
            fits = fits or [row for row in self._rows if row.facts["id"].startswith(which)]
            if len(fits) != 1:
                raise KeyError(f"{which!r} means {len(fits)} runs")
            return load(fits[0].folder)
        return load(self._rows[which].folder)

    def __repr__(self):
        return f"<{len(self)} runs>"

    def where(self, condition):
        """Those for which `condition(row)` holds: row is the map that records() has."""
        return Runs(row for row, record in zip(self._rows, self.records()) if condition(record))

    def records(self):
        """A map for each run: facts, then the config by dotted keys, then the last value of each metric."""
        out = []
        for row in self._rows:
            facts = {name: row.facts.get(name) for name in _FACTS}
            config = {key: value for key, value in row.flat_config().items() if key not in facts}
            out.append({**facts, **config, **row.metrics})
        return out

    def frame(self):
        """pandas: records() as a table."""
        import pandas

        return pandas.DataFrame(self.records())

    def _repr_html_(self):
        names = ("run", "state", "started", "step", "epoch")
        head = "".join(f"<th>{name}</th>" for name in names)
        rows = "".join(
            "<tr>" + "".join(f"<td>{shown(row.facts.get(name))}</td>" for name in names) + "</tr>" for row in self._rows[:50]
        )
        more = f"<p>and {len(self) - 50} more</p>" if len(self) > 50 else ""
        return f"<table><tr>{head}</tr>{rows}</table>{more}"
