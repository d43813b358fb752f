#include "runner/prepare/prepare.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/legend.h"
#include "tests/contracts/bound.h"
#include "tests/contracts/fake_dataset.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A data set whose content a test decides: `made` gives it.
struct MadeParams {
  std::function<FakeDataset()> make;
  DatasetOutline outline() const { return {Task::Kind::custom, {}}; }
  static void describe(Fields<MadeParams>& f) { f.about("What a test made."); }
};

/// A linear model's shapes, for inputs [features] f32.
struct LineParams {
  bool flattens = false;
  Shape outline(Outline& out) const {
    const Shape& x = out.facts().inputs.at(0).shape;
    if (x.sizes.size() != 1 && !flattens)
      out.fail(text("takes [features], gets ", to_string(x)), "put `flatten` before it");
    out.parameter("weight", {out.facts().outputs(), element_count(x.sizes)});
    return {{out.facts().outputs()}, Dtype::f32};
  }
  static void describe(Fields<LineParams>& f) {
    f.about("A line.");
    f("flattens", &LineParams::flattens, "whether it takes any shape");
  }
};

/// As FakeDataset, from a maker that the test puts into the (otherwise empty) parameters.
class Made final : public Dataset {
 public:
  using Params = MadeParams;
  Made(const Params& params, const Needs&) : data_(params.make()) {}
  const DatasetFacts& facts() const override { return data_.facts(); }
  std::optional<ArrayView> column(std::size_t index) const override { return data_.column(index); }
  std::optional<SplitRows> official_split() const override { return data_.official_split(); }

 private:
  FakeDataset data_;
};

/// An experiment on made data with the model `line`. Keys of the config replace the defaults given here.
class Setting {
 public:
  explicit Setting(std::function<FakeDataset()> make, std::string_view dataset_keys = "",
                   std::string_view split = R"({"train": "50%", "valid": "25%", "test": "25%"})")
      : registry_(builtin_registry()), parts_(builtin_implementations()) {
    registry_.declare<MadeParams>(family::dataset, "made");
    registry_.declare<LineParams>(family::model, "line");
    parts_.add<Made>("made");
    experiment.dataset =
        bind<Dataset>(text(R"({"type": "made", "split": )", split, dataset_keys, "}"), "dataset");
    static_cast<MadeParams*>(const_cast<void*>(experiment.dataset.params()))->make = std::move(make);
    experiment.model = bind<Model>(R"("line")", "model");
    experiment.schedule = bind<Schedule>(R"("constant")", "schedule");
    experiment.train.until = {{{1, Duration::Unit::epochs}}};
  }

  template <class T>
  Slot<T> bind(std::string_view json, const std::string& path) const {
    auto name = std::make_shared<const std::string>("config.yaml");
    return registry_.bind<T>(to_value(parse_json(json, "test"), Where::file(name, 3, 10)), path);
  }
  Prepared prepare(const std::vector<std::string>& roots = {}) {
    return assay::prepare(experiment, parts_, roots, warnings);
  }
  Prepared prepare_for(const TrainedOn& trained) {
    return prepare_for_trained(experiment, parts_, {}, trained, warnings);
  }
  std::vector<std::string> complaints() {
    std::vector<std::string> out;
    for (const Problem& problem : problems_of([&] { prepare(); })) out.push_back(to_string(problem));
    return out;
  }

  Experiment experiment;
  std::vector<Problem> warnings;

 private:
  Registry registry_;
  Implementations parts_;
};

Array column_of(std::vector<float> values) {
  const std::int64_t rows = std::ssize(values);
  return Array::of(values).reshaped({rows, 1});
}

Task classes(std::int64_t n) { return {Task::Kind::classification, n, {}}; }

FakeDataset eight_rows() { return FakeDataset::labelled({0, 1, 0, 1, 0, 1, 0, 1}); }

TEST(Prepare, GivesInputsTargetFactsAndTensors) {
  Setting setting(eight_rows);

  const Prepared prepared = setting.prepare();

  EXPECT_THAT(prepared.rows.train, SizeIs(4));
  ASSERT_THAT(prepared.inputs, SizeIs(1));
  EXPECT_THAT(prepared.inputs[0].shape(), ElementsAre(8, 1));
  EXPECT_EQ(prepared.target.dtype(), Dtype::i64);
  EXPECT_THAT(prepared.target.shape(), ElementsAre(8));
  EXPECT_EQ(prepared.facts.outputs(), 2);
  EXPECT_EQ(prepared.facts.inputs[0].name, "x");
  ASSERT_THAT(prepared.tensors, SizeIs(1));
  EXPECT_THAT(prepared.tensors[0].shape, ElementsAre(2, 1));
  EXPECT_THAT(setting.warnings, IsEmpty());
}

TEST(Prepare, CountsTheTrainingRowsOfEachClass) {
  const auto make = [] { return FakeDataset::labelled({0, 2, 2, 1}, SplitRows{{0, 1, 2}, {3}, {}}); };
  Setting setting(make, "", R"({"type": "official", "valid": "none"})");

  EXPECT_THAT(setting.prepare().facts.task.class_counts, ElementsAre(1, 0, 2));
}

/// 12 pictures [1, 6, 4] of 8 bits: pixel j of picture i is 10 i + j.
FakeDataset pictures() {
  std::vector<std::uint8_t> pixels;
  std::vector<std::int64_t> labels;
  for (int i = 0; i < 12; ++i) {
    for (int j = 0; j < 24; ++j) pixels.push_back(static_cast<std::uint8_t>(10 * i + j));
    labels.push_back(i % 2);
  }
  return {Array::of(pixels).reshaped({12, 1, 6, 4}), Array::of(labels), classes(2)};
}

TEST(Prepare, LetsTheModelSeeTheShapesThatAugmentationsLeave) {
  Setting setting(pictures, R"(, "transforms": ["scale"],
                                "augment": [{"type": "centre_crop", "size": 4}, {"type": "resize", "size": 3}])");
  setting.experiment.model = setting.bind<Model>(R"({"type": "line", "flattens": true})", "model");

  const Prepared prepared = setting.prepare();

  EXPECT_EQ(prepared.facts.inputs[0].shape, (Shape{{1, 3, 3}}));
  EXPECT_EQ(prepared.read_shapes[0], (Shape{{1, 6, 4}}));
  EXPECT_THAT(prepared.inputs[0].shape(), ElementsAre(12, 1, 6, 4));
  EXPECT_THAT(prepared.tensors[0].shape, ElementsAre(2, 9));
}

TEST(Prepare, RefusesAugmentationsAtTheirOwnPlace) {
  Setting setting(pictures,
                  R"(, "augment": [{"type": "centre_crop", "size": 4}, {"type": "centre_crop", "size": 5}])");

  const std::vector<std::string> complaints = setting.complaints();

  ASSERT_THAT(complaints, SizeIs(1));
  EXPECT_THAT(complaints[0],
              HasSubstr("dataset.augment.1 (centre_crop) takes 5 x 5 pixels of images of 4 x 4"));
}

TEST(Prepare, ReadsStreamedRowsAsTheyWouldLieInMemory) {
  for (const char* transforms : {R"([])", R"(["scale"])", R"(["scale", "standardize"])"}) {
    const std::string keys = text(R"(, "transforms": )", transforms);
    Setting held(pictures, keys + R"(, "in_memory": "always")");
    Setting streamed(pictures, keys + R"(, "in_memory": "never")");
    for (Setting* setting : {&held, &streamed}) {
      setting->experiment.model = setting->bind<Model>(R"({"type": "line", "flattens": true})", "model");
    }
    const Prepared in_memory = held.prepare(), ahead = streamed.prepare();
    EXPECT_FALSE(in_memory.is_streamed);
    ASSERT_TRUE(ahead.is_streamed);
    EXPECT_THAT(ahead.inputs, IsEmpty());

    std::vector<float> expected(3 * 24), read(3 * 24);
    const std::vector<std::int64_t> rows{7, 0, 11};
    in_memory.read_input(0, rows, reinterpret_cast<std::byte*>(expected.data()));
    ahead.read_input(0, rows, reinterpret_cast<std::byte*>(read.data()));

    EXPECT_EQ(read, expected) << transforms;
  }
}

TEST(Prepare, FitsTransformsOnTrainingRowsOnly) {
  // Row 3 is the last: outside train its value must not matter to the mean.
  const auto make = [] {
    return FakeDataset(column_of({1, 3, 2, 1000}), Array::of<std::int64_t>({0, 1, 0, 1}), classes(2),
                       SplitRows{{0, 1}, {2}, {3}});
  };
  Setting setting(make, R"(, "transforms": ["standardize"])", R"("official")");

  const Prepared prepared = setting.prepare();

  const float* x = prepared.inputs[0].as<float>();
  EXPECT_THAT(std::vector<float>(x, x + 4), ElementsAre(-1.0F, 1.0F, 0.0F, 998.0F));
}

TEST(Prepare, FitsEachTransformOnWhatTheOnesBeforeItLeave) {
  const auto make = [] {
    return FakeDataset(column_of({0, 2, 1}), Array::of<std::int64_t>({0, 1, 1}), classes(2),
                       SplitRows{{0, 1}, {}, {2}});
  };
  Setting setting(make, R"(, "transforms": [{"type": "scale", "factor": 10, "offset": 5}, "standardize"])",
                  R"({"type": "official", "valid": "none"})");

  const Prepared prepared = setting.prepare();

  ASSERT_THAT(prepared.transforms, SizeIs(2));
  State state;
  StateWriter writer(state);
  prepared.transforms[1]->save(writer);
  EXPECT_EQ(StateReader(state).array("mean").as<double>()[0], 15);
  const float* x = prepared.inputs[0].as<float>();
  EXPECT_THAT(std::vector<float>(x, x + 3), ElementsAre(-1.0F, 1.0F, 0.0F));
}

TEST(Prepare, TargetsAreTransformedAndCanBeUndone) {
  Setting setting([] { return FakeDataset::regression(8); }, R"(, "targets": ["standardize"])");

  const Prepared prepared = setting.prepare();

  EXPECT_THAT(prepared.target.shape(), ElementsAre(8, 1));
  const Array undone = prepared.invert_targets(prepared.target);
  for (std::int64_t row = 0; row < 8; ++row)
    EXPECT_NEAR(undone.as<float>()[row], 2.0F * static_cast<float>(row), 1e-5F);
}

TEST(Prepare, ATargetOfOneValueARowGetsAnAxis) {
  Setting setting([] {
    return FakeDataset(column_of({1, 2, 3, 4}), Array::of<double>({1, 2, 3, 4}),
                       Task{Task::Kind::regression, 0, {}});
  });
  const Prepared prepared = setting.prepare();
  EXPECT_EQ(prepared.target.dtype(), Dtype::f32);
  EXPECT_THAT(prepared.target.shape(), ElementsAre(4, 1));
  EXPECT_EQ(prepared.facts.outputs(), 1);
}

TEST(Prepare, WarnsOfSmallIntegersThatNothingScales) {
  const auto make = [] {
    return FakeDataset(Array::of<std::uint8_t>({0, 255, 7, 8}).reshaped({4, 1}),
                       Array::of<std::int64_t>({0, 1, 0, 1}), classes(2), SplitRows{{0, 1}, {2}, {3}});
  };
  Setting bare(make, "", R"("official")");
  EXPECT_EQ(bare.prepare().inputs[0].as<float>()[1], 255);
  ASSERT_THAT(bare.warnings, SizeIs(1));
  EXPECT_THAT(to_string(bare.warnings[0]), HasSubstr("warning: dataset.transforms do not scale input 'x': "
                                                     "the model sees whole numbers (u8) as they are"));

  Setting scaled(make, R"(, "transforms": ["scale"])", R"("official")");
  EXPECT_EQ(scaled.prepare().inputs[0].as<float>()[1], 1);
  EXPECT_THAT(scaled.warnings, IsEmpty());
}

TEST(Prepare, WarnsOfRowsInNoPartAndOfClassesWithoutTrainingRows) {
  Setting setting(
      [] {
        return FakeDataset::labelled({0, 1, 2, 0}, SplitRows{{0, 1}, {2}, {}});
      },
      "", R"("official")");
  setting.prepare();
  ASSERT_THAT(setting.warnings, SizeIs(2));
  EXPECT_EQ(setting.warnings[0].message, "uses 3 of 4 rows: 1 are in no part");
  EXPECT_EQ(setting.warnings[1].message, "leaves class 2 without a training row");
}

TEST(Prepare, NamesTheRowOfANonFiniteInput) {
  const auto make = [] {
    return FakeDataset(column_of({0, 1, std::numeric_limits<float>::quiet_NaN(), 3}),
                       Array::of<std::int64_t>({0, 1, 0, 1}), classes(2));
  };
  EXPECT_THAT(
      Setting(make).complaints(),
      ElementsAre("config.yaml:3:10: error: dataset holds nan in row 2 (from 0), column 'x', value 0\n"
                  "  hint: correct or remove the row"));
}

TEST(Prepare, NamesTheRowThatATransformMakesInfinite) {
  const auto make = [] {
    return FakeDataset(column_of({0, 1, 2, 3e38F}), Array::of<std::int64_t>({0, 1, 0, 1}), classes(2));
  };
  Setting setting(make, R"(, "transforms": [{"type": "scale", "factor": 100}])");
  EXPECT_THAT(setting.complaints(), ElementsAre(HasSubstr("dataset becomes inf by its transforms in row 3")));
}

TEST(Prepare, RefusesLabelsOutsideTheClasses) {
  const auto make = [] {
    return FakeDataset(column_of({0, 1, 2, 3}), Array::of<std::int64_t>({0, 1, 5, 1}), classes(2));
  };
  EXPECT_THAT(Setting(make).complaints(),
              ElementsAre(HasSubstr("dataset has label 5 in row 2 (from 0), but the classes are 0 to 1")));
}

TEST(Prepare, RefusesANonFiniteTarget) {
  const auto make = [] {
    return FakeDataset(column_of({0, 1, 2, 3}), column_of({0, 1, 2, std::numeric_limits<float>::infinity()}),
                       Task{Task::Kind::regression, 1, {}});
  };
  EXPECT_THAT(Setting(make).complaints(), ElementsAre(HasSubstr("holds inf in row 3 (from 0), column 'y'")));
}

TEST(Prepare, RefusesEmptyTrain) {
  Setting setting(
      [] {
        return FakeDataset::labelled({0, 1}, SplitRows{{}, {0}, {1}});
      },
      "", R"({"type": "official"})");
  EXPECT_THAT(setting.complaints(), ElementsAre(HasSubstr("leaves no rows to train on, of 2 rows")));
}

TEST(Prepare, RefusesASplitThatUsesARowTwice) {
  Setting setting(
      [] {
        return FakeDataset::labelled({0, 1, 0}, SplitRows{{0, 1}, {1}, {2}});
      },
      "", R"("official")");
  EXPECT_THAT(setting.complaints(), ElementsAre(HasSubstr("puts row 1 into two parts")));
}

TEST(Prepare, RefusesASplitOfRowsThatAreNotThere) {
  Setting setting(
      [] {
        return FakeDataset::labelled({0, 1, 0}, SplitRows{{0, 1}, {2}, {7}});
      },
      "", R"("official")");
  EXPECT_THAT(setting.complaints(), ElementsAre(HasSubstr("names row 7, but the data has 3 rows")));
}

TEST(Prepare, GivesProblemsOfASplitItsPlace) {
  Setting setting(eight_rows, "", R"("official")");
  EXPECT_THAT(setting.complaints(),
              ElementsAre(HasSubstr("config.yaml:3:10: error: dataset.split is official, but the publisher "
                                    "of this data made no split")));
}

TEST(Prepare, ReportsEverythingThatIsAskedInVain) {
  Setting setting(eight_rows, "", R"({"train": "100%"})");
  setting.experiment.checkpoint.keep_best = "valid/accuracy";
  setting.experiment.evaluate.test = "last";
  setting.experiment.train.drop_last = true;
  setting.experiment.train.batch_size = 9;

  EXPECT_THAT(setting.complaints(),
              ElementsAre("error: checkpoint.keep_best is valid/accuracy, but no rows validate\n"
                          "  hint: give dataset.split a larger `valid`, or remove keep_best",
                          "error: evaluate.test is last, but no rows test\n"
                          "  hint: give dataset.split a larger `test`, or set `evaluate.test: never`",
                          "error: train.batch_size is 9, but train has 8 rows and train.drop_last leaves out "
                          "what fills no batch\n"
                          "  hint: lower batch_size or set `drop_last: false`"));
}

TEST(Prepare, RefusesAScheduleThatTheRunIsTooShortFor) {
  Setting setting(eight_rows);
  setting.experiment.train.batch_size = 2;
  setting.experiment.schedule =
      setting.bind<Schedule>(R"({"type": "cosine", "warmup": "5 steps"})", "schedule");
  EXPECT_THAT(setting.complaints(),
              ElementsAre(HasSubstr(
                  "config.yaml:3:10: error: schedule.warmup is 5 steps, but the whole run has 2 steps")));
}

TEST(Prepare, RefusesAModelThatDoesNotFit) {
  const auto make = [] {
    const Array images = Array::of(std::vector<float>(16)).reshaped({4, 1, 2, 2});
    return FakeDataset(images, Array::of<std::int64_t>({0, 1, 0, 1}), classes(2));
  };
  EXPECT_THAT(Setting(make).complaints(),
              ElementsAre(HasSubstr("model (line) takes [features], gets [1, 2, 2]")));
}

TEST(Prepare, RefusesTargetTransformsForClasses) {
  Setting setting(eight_rows, R"(, "targets": ["standardize"])");
  EXPECT_THAT(setting.complaints(),
              ElementsAre(HasSubstr("dataset.targets transform the target, but the task is classification")));
}

TEST(Prepare, TellsDataFromConfigByItsKind) {
  const auto kind_of = [](Setting setting) {
    try {
      setting.prepare();
    } catch (const Error& error) {
      return error.kind();
    }
    return Kind::internal;
  };
  EXPECT_EQ(kind_of(Setting(
                [] {
                  return FakeDataset::labelled({0, 1}, SplitRows{{}, {}, {1}});
                },
                "", R"({"type": "official", "valid": "none"})")),
            Kind::data);
  EXPECT_EQ(kind_of(Setting(eight_rows, R"(, "targets": ["standardize"])")), Kind::config);
}

TEST(Prepare, DigitsAreReadyForTraining) {
  Setting setting(eight_rows);
  setting.experiment.dataset = setting.bind<Dataset>(
      R"({"type": "digits", "split": {"train": "70%", "valid": "15%", "test": "15%", "stratify": true},
          "transforms": ["standardize"]})",
      "dataset");
  setting.experiment.model = setting.bind<Model>(R"({"type": "line", "flattens": true})", "model");

  const Prepared prepared = setting.prepare({source_folder() + "/datasets/data"});

  EXPECT_EQ(prepared.rows.train.size() + prepared.rows.valid.size() + prepared.rows.test.size(), 1797U);
  EXPECT_THAT(prepared.inputs[0].shape(), ElementsAre(1797, 1, 8, 8));
  double sum = 0, squares = 0;
  const float* x = prepared.inputs[0].as<float>();
  for (const std::int64_t row : prepared.rows.train) {
    sum += x[row * 64 + 20];
    squares += x[row * 64 + 20] * x[row * 64 + 20];
  }
  const auto n = static_cast<double>(prepared.rows.train.size());
  EXPECT_NEAR(sum / n, 0, 1e-6);
  EXPECT_NEAR(squares / n, 1, 1e-6);
  EXPECT_THAT(setting.warnings, IsEmpty());
}

TEST(StepsPerEpoch, CountsTheLastBatchUnlessItIsDropped) {
  Setting setting(eight_rows);
  const Prepared prepared = setting.prepare();  // 4 training rows
  EXPECT_EQ(steps_per_epoch(prepared, 3, false), 2);
  EXPECT_EQ(steps_per_epoch(prepared, 3, true), 1);
  EXPECT_EQ(steps_per_epoch(prepared, 4, true), 1);
}

// ---- For a model that is trained.

/// What a checkpoint keeps of the data.
State state_of(const Prepared& prepared) {
  State state;
  StateWriter out(state);
  for (std::size_t i = 0; i < prepared.transforms.size(); ++i) {
    StateWriter scope = out.scope("transforms").scope(text(i));
    prepared.transforms[i]->save(scope);
  }
  for (std::size_t i = 0; i < prepared.targets.size(); ++i) {
    StateWriter scope = out.scope("targets").scope(text(i));
    prepared.targets[i]->save(scope);
  }
  StateWriter data = out.scope("data");
  legend_of(prepared.dataset->facts(), prepared.facts.task).save(data);
  return state;
}

std::vector<float> floats_of(const Array& values) {
  return {values.as<float>(), values.as<float>() + values.count()};
}

constexpr const char* standardized = R"(, "transforms": ["standardize"], "targets": ["standardize"])";

TEST(PrepareForTrained, GivesItsOwnDataAsTheyWereTrainedOn) {
  Setting setting([] { return FakeDataset::regression(8); }, standardized);
  const Prepared before = setting.prepare();
  const State state = state_of(before);

  const Prepared again = setting.prepare_for({state});

  EXPECT_EQ(again.rows.test, before.rows.test);
  EXPECT_EQ(floats_of(again.inputs[0]), floats_of(before.inputs[0]));
  EXPECT_EQ(floats_of(again.target), floats_of(before.target));
  EXPECT_EQ(again.tensors.size(), before.tensors.size());
}

TEST(PrepareForTrained, TransformsOtherDataByWhatTheCheckpointHas) {
  Setting setting([] { return FakeDataset::regression(8); }, standardized);
  const Prepared before = setting.prepare();
  const State state = state_of(before);
  Setting other([] { return FakeDataset::regression(3); }, standardized);

  const Prepared found = other.prepare_for({state, /*is_other=*/true});

  EXPECT_THAT(found.rows.test, ElementsAre(0, 1, 2));
  const std::vector<float> first = floats_of(before.inputs[0]);
  EXPECT_THAT(floats_of(found.inputs[0]), ElementsAre(first[0], first[1], first[2]));
  const Array back = found.invert_targets(found.target);
  EXPECT_NEAR(back.as<float>()[2], 4, 1e-5);
}

TEST(PrepareForTrained, RefusesRowsOfAnotherShape) {
  Setting setting([] { return FakeDataset::regression(8); });
  const State state = state_of(setting.prepare());
  Setting wide([] {
    return FakeDataset(Array::of(std::vector<float>(12, 1)).reshaped({4, 3}), column_of({1, 2, 3, 4}),
                       {Task::Kind::regression, 1, {}});
  });

  const auto problems = problems_of([&] { wide.prepare_for({state, /*is_other=*/true}); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].message, "has rows [3] f32 of 'x', but the model was trained on [1] f32");
}

TEST(PrepareForTrained, RefusesClassesThatTheModelHasNotSeen) {
  Setting setting(eight_rows);
  const State state = state_of(setting.prepare());
  Setting more([] { return FakeDataset::labelled({0, 1, 2}); });

  const auto problems = problems_of([&] { more.prepare_for({state, /*is_other=*/true}); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("has label 2 in row 2 (from 0), but the classes are 0 to 1"));
}

TEST(PrepareForTrained, KeepsTheClassesAndCountsOfTraining) {
  Setting setting(eight_rows);
  const Prepared before = setting.prepare();
  const State state = state_of(before);
  Setting one([] { return FakeDataset::labelled({0, 0}); });

  const Prepared found = one.prepare_for({state, /*is_other=*/true});

  EXPECT_EQ(found.facts.task.outputs, 2);
  EXPECT_EQ(found.facts.task.class_counts, before.facts.task.class_counts);
}

TEST(PrepareForTrained, SaysThatACheckpointHasNoLegend) {
  Setting setting(eight_rows);

  const auto problems = problems_of([&] { setting.prepare_for({State{}, /*is_other=*/true}); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("does not say what its data stand for"));
}

}  // namespace
}  // namespace assay::testing
