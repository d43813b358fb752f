"""Over the runs in ASSAY_TEST_RUNS, which assay's own tests write: `digits` and one called `<script>`."""

import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import numpy  # noqa: E402

import assay  # noqa: E402
from assay._card import curve, shown  # noqa: E402
from assay._record import Series, flatten  # noqa: E402

RUNS = os.environ.get("ASSAY_TEST_RUNS", "")


def has(module):
    try:
        __import__(module)
    except ImportError:
        return False
    return True


class Flatten(unittest.TestCase):
    def test_maps_become_dotted_keys_and_lists_of_numbers_stay(self):
        config = {"optimizer": {"lr": 0.1}, "model": {"hidden": [64, 64]}, "empty": {}}
        self.assertEqual(flatten(config), {"optimizer.lr": 0.1, "model.hidden": [64, 64], "empty": {}})

    def test_lists_of_maps_have_numbers(self):
        self.assertEqual(flatten({"layers": [{"type": "relu"}, {"units": 3}]}), {"layers.0.type": "relu", "layers.1.units": 3})


class Card(unittest.TestCase):
    def test_names_are_escaped_cut_and_without_control(self):
        self.assertEqual(shown("<script>"), "&lt;script&gt;")
        self.assertEqual(shown("a\x1b[31m\u202eb"), "a\\x1b[31m\\x202eb")
        self.assertLessEqual(len(shown("x" * 10_000)), 120)

    def test_a_curve_needs_two_finite_values(self):
        steps = numpy.arange(3)
        self.assertEqual(curve(Series("x", steps, steps, numpy.array([1.0, numpy.nan, numpy.inf]), steps)), "")
        self.assertIn("<polyline", curve(Series("x", steps, steps, numpy.array([1.0, numpy.nan, 2.0]), steps)))

    def test_long_series_are_thinned(self):
        steps = numpy.arange(100_000)
        self.assertLess(len(curve(Series("x", steps, steps, numpy.sin(steps), steps))), 10_000)


@unittest.skipUnless(RUNS, "ASSAY_TEST_RUNS names no folder of runs")
class Records(unittest.TestCase):
    def setUp(self):
        self.runs = assay.runs(RUNS)
        self.run_ = assay.load(os.path.join(RUNS, "digits", "3f2a91c0de"))

    def test_a_run_is_found_by_folder_file_and_name(self):
        self.assertEqual(len(self.runs), 2)
        self.assertEqual(assay.load(self.run_.file).id, "3f2a91c0de")
        self.assertEqual(self.runs["digits/3f2a91c0de"].name, "digits")

    def test_it_says_how_it_stands_and_what_its_config_was(self):
        self.assertEqual((self.run_.status, self.run_.step, self.run_.seed), ("finished", 4, 7))
        self.assertEqual(self.run_.config["optimizer"]["lr"], 0.001)
        self.assertEqual(self.run_.provenance["optimizer.lr"], "digits.yaml:7:20")
        self.assertEqual(self.run_.tags, ["first"])
        self.assertEqual(self.run_.environment["cpu"], "a processor")

    def test_metrics_are_numpy_arrays(self):
        series = self.run_.metrics["valid/accuracy"]
        self.assertEqual(series.value.tolist(), [0.9, 0.8])
        self.assertEqual(series.step.tolist(), [2, 4])
        self.assertEqual((series.last, series.max(), len(series)), (0.8, 0.9, 2))
        self.assertEqual(sorted(self.run_.metrics), ["train/loss", "train/lr", "valid/accuracy", "valid/loss"])
        with self.assertRaisesRegex(KeyError, "there are train/loss"):
            self.run_.metrics["valid/none"]

    def test_arrays_and_events_are_there(self):
        self.assertEqual(self.run_.arrays["valid/confusion_matrix"].shape, (2, 3))
        self.assertEqual(self.run_.events[0]["kind"], "run_started")

    def test_weights_are_those_of_the_checkpoint(self):
        self.assertEqual(self.run_.weights("final")["layers.0.weight"][0].tolist(), [2.0, 3.0, 4.0])
        self.assertEqual(self.run_.weights("best")["layers.0.weight"][0].tolist(), [1.0, 2.0, 3.0])
        self.assertEqual(self.run_.weights()["layers.0.bias"].tolist(), [1.5, -2.0])
        with self.assertRaises(KeyError):
            self.run_.weights("none")

    @unittest.skipUnless(has("torch"), "no torch")
    def test_weights_become_tensors_of_their_own_types(self):
        import torch

        tensors = self.run_.weights().torch()
        self.assertEqual(tensors["layers.0.bias"].dtype, torch.bfloat16)
        self.assertEqual(tensors["layers.0.weight"].dtype, torch.float32)

    def test_records_hold_facts_config_and_metrics(self):
        record = self.runs.where(lambda row: row["name"] == "digits").records()[0]
        self.assertEqual(record["state"], "finished")
        self.assertEqual(record["optimizer.lr"], 0.001)
        self.assertEqual(record["valid/accuracy"], 0.8)

    @unittest.skipUnless(has("pandas"), "no pandas")
    def test_frames_are_of_pandas(self):
        frame = self.runs.frame()
        self.assertEqual(frame["valid/accuracy"].tolist(), [0.8, 0.8])
        self.assertEqual(self.run_.metrics["valid/accuracy"].frame().columns.tolist(), ["step", "epoch", "value", "wall_time"])
        self.assertEqual(self.run_.metrics.frame().loc[4, "valid/accuracy"], 0.8)

    def test_a_card_has_a_curve_and_nothing_of_a_hostile_name(self):
        self.assertIn("<svg", self.run_._repr_html_())
        for html in (self.runs["<script>/3f2a91c0de"]._repr_html_(), self.runs._repr_html_()):
            self.assertNotIn("<script", html)

    def test_what_is_no_record_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaises(FileNotFoundError):
                assay.load(folder)
        weights = self.run_.weights().file
        with self.assertRaisesRegex(ValueError, "no record of a run"):
            assay.load(weights)

    def test_a_damaged_summary_does_not_hide_the_others(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "a", "1"))
            os.makedirs(os.path.join(folder, "b", "2"))
            with open(os.path.join(folder, "a", "1", "summary.json"), "w", encoding="utf-8") as file:
                file.write("{")
            with open(os.path.join(folder, "b", "2", "summary.json"), "w", encoding="utf-8") as file:
                json.dump({"name": "b", "status": "finished", "last": {"valid/loss": "nan"}, "config": {"x": 1}}, file)
            records = assay.runs(folder).records()
        self.assertEqual([record["name"] for record in records], ["b"])
        self.assertTrue(numpy.isnan(records[0]["valid/loss"]))


if __name__ == "__main__":
    unittest.main()
