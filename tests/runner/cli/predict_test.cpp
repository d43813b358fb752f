// What a run's weights say of new rows, and of rows that they cannot be asked about.
#include <cmath>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/io/image.h"
#include "tests/datasets/npy_bytes.h"
#include "tests/datasets/png_bytes.h"
#include "tests/runner/cli/trained_runs.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// What predict prints.
std::string predicted(const std::string& run, const std::string& input, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"predict", run, input});
  const Finished found = run_assay(std::move(more));
  EXPECT_EQ(found.exit_code, 0) << found.err;
  return found.out;
}

double number(const std::string& cell) { return parse_real(cell).value_or(NAN); }

/// The flowers as measured, without their names.
std::string measures() { return with_columns(iris_table(), {0, 1, 2, 3}); }

TEST(Predict, GivesAClassByNameAndAProbabilityOfEach) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config());

  const std::string csv = predicted(run, folder.write("new.csv", measures()));

  EXPECT_THAT(csv,
              StartsWith("prediction,probability_setosa,probability_versicolor,probability_virginica\n"));
  const auto rows = cells_of(csv);
  ASSERT_THAT(rows, SizeIs(150));
  EXPECT_EQ(rows[0][0], "setosa");
  for (const auto& row : rows) {
    const std::size_t most = number(row[1]) > number(row[2]) && number(row[1]) > number(row[3]) ? 1
                             : number(row[2]) > number(row[3])                                  ? 2
                                                                                                : 3;
    EXPECT_EQ(row[0], (std::vector<std::string>{"", "setosa", "versicolor", "virginica"})[most]);
    EXPECT_NEAR(number(row[1]) + number(row[2]) + number(row[3]), 1, 1e-6);
  }
}

TEST(Predict, IsAsAccurateAsEvalSays) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config());
  const std::string all = folder / "table.csv";

  const auto rows = cells_of(predicted(run, all));

  const auto truth = cells_of(iris_table());
  double right = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) right += rows[i][0] == truth[i].back() ? 1 : 0;
  EXPECT_EQ(right / 150, metric(judged(run, {"--data", all}), "data/accuracy"));
}

TEST(Predict, SaysOnATerminalHowFarItIs) {
  if (!has_terminals()) GTEST_SKIP() << "this system has no pseudo-terminals (is /dev/pts mounted?)";
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run =  // ten batches of a thousand passes: slow enough to be told of
      trained(folder, iris_config("predict: {passes: 1000, dropout: true}\nevaluate: {batch_size: 15}\n"),
              {"model.dropout=0.2"});
  ProcessOptions options;
  options.terminal_columns = 60;

  const Finished found =
      run_assay({"predict", run, folder / "table.csv", "-o", folder / "predicted.csv"}, options);

  EXPECT_EQ(found.exit_code, 0) << found.out;
  EXPECT_THAT(found.out,
              AllOf(ContainsRegex("predicted [0-9]+/150  [0-9]+%  [0-9.:]+( s)? left"), HasSubstr("wrote ")));
}

TEST(Predict, FindsColumnsByNameAndNeedsNoTarget) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config());

  const std::string whole = predicted(run, folder / "table.csv");

  EXPECT_EQ(predicted(run, folder.write("bare.csv", measures())), whole);
  EXPECT_EQ(predicted(run, folder.write("mixed.csv", with_columns(iris_table(), {3, 1, 0, 2}))), whole);
}

TEST(Predict, NamesColumnsThatItTakesNoNoticeOf) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config());
  std::string more = "colour,sepal_length,sepal_width,petal_length,petal_width\n";
  more += "blue,5.1,3.5,1.4,0.2\n";

  const Finished found = run_assay({"predict", run, folder.write("new.csv", more)});

  EXPECT_EQ(found.exit_code, 0);
  EXPECT_THAT(cells_of(found.out), SizeIs(1));
  EXPECT_THAT(found.err, HasSubstr("takes no notice of column colour: the model has not seen it"));
}

TEST(Predict, NeedsTheCheckpointButNotTheDataThatWasTrainedOn) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config());
  const std::string input = folder.write("new.csv", measures());
  const std::string before = predicted(run, input);

  std::filesystem::remove(folder / "table.csv");

  EXPECT_EQ(predicted(run, input), before);
}

TEST(Predict, TransformsAsInTrainingWhateverTheRows) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config());

  const auto all = cells_of(predicted(run, folder.write("all.csv", measures())));
  const auto one = cells_of(predicted(run, folder.write("one.csv",
                                                        "sepal_length,sepal_width,petal_length,petal_width\n"
                                                        "5.1,3.5,1.4,0.2\n")));

  ASSERT_THAT(one, SizeIs(1));
  EXPECT_NEAR(number(one[0][1]), number(all[0][1]), 1e-6);
}

TEST(Predict, OfValuesIsInTheUnitsOfTheData) {
  const TemporaryFolder folder;
  const std::string run = trained(folder, R"(
dataset: {type: diabetes, transforms: [standardize], targets: [standardize]}
model: {type: mlp, hidden: [8]}
optimizer: adamw
train: {until: 5 epochs}
)");
  const std::string table = source_folder() + "/datasets/data/diabetes.csv";

  const std::string csv = predicted(run, table);

  EXPECT_THAT(csv, StartsWith("prediction\n"));
  const auto rows = cells_of(csv), truth = cells_of(read_text(table));
  ASSERT_EQ(rows.size(), truth.size());
  double squares = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    squares += std::pow(number(rows[i][0]) - number(truth[i].back()), 2);
  const double rmse = std::sqrt(squares / static_cast<double>(rows.size()));
  EXPECT_NEAR(rmse, metric(judged(run, {"--data", table}), "data/rmse"), 1e-3);
}

TEST(Predict, OfManyPassesGivesMeanAndDeviation) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run =
      trained(folder, iris_config("predict: {passes: 30, dropout: true}\n"), {"model.dropout=0.5"});
  const std::string input = folder.write("new.csv", measures());

  const std::string csv = predicted(run, input);

  EXPECT_THAT(csv, StartsWith("prediction,probability_setosa,probability_setosa_sd,"));
  const auto rows = cells_of(csv);
  EXPECT_GT(number(rows[60][4]), 0);
  EXPECT_LT(number(rows[60][4]), 0.5);
  EXPECT_EQ(predicted(run, input), csv);
}

TEST(Predict, OfATableWithoutAHeaderGoesByPlaces) {
  const TemporaryFolder folder;
  std::string numbers;
  for (int i = 0; i < 60; ++i) numbers += text(i % 7, ' ', 3 * (i % 7) + i % 5, ' ', i % 5, '\n');
  folder.write("table.csv", numbers);
  const std::string run =
      trained(folder, table_config("target: \"1\", task: regression, separator: blanks, header: no"));
  const std::string whole = predicted(run, folder / "table.csv");

  EXPECT_THAT(cells_of(whole), SizeIs(60));
  std::string inputs;
  for (int i = 0; i < 60; ++i) inputs += text(i % 7, ' ', i % 5, '\n');
  EXPECT_EQ(predicted(run, folder.write("inputs.txt", inputs)), whole);
  const Finished odd = run_assay({"predict", run, folder.write("odd.txt", "1 2 3 4\n")});
  EXPECT_EQ(odd.exit_code, 4);
  EXPECT_THAT(odd.err,
              HasSubstr("the table has 4 columns, but that which the model learned from had 3, 2 of them "
                        "inputs"));
}

TEST(Predict, KnowsTheCategoriesOfTraining) {
  const TemporaryFolder folder;
  std::string rows = "colour,size,kind\n";
  for (int i = 0; i < 60; ++i)
    rows += text(i % 3 == 0   ? "red"
                 : i % 3 == 1 ? "blue"
                              : "green",
                 ',', i % 4, ',', i % 3 == 0 ? "a" : "b", '\n');
  folder.write("table.csv", rows);
  const std::string run =
      trained(folder, table_config("target: kind, task: classification, categories: [colour]"));

  const auto found = cells_of(predicted(run, folder.write("new.csv", "size,colour\n1,red\n1,green\n")));

  EXPECT_EQ(found.at(0)[0], "a");
  EXPECT_EQ(found.at(1)[0], "b");
  const Finished odd = run_assay({"predict", run, folder.write("odd.csv", "size,colour\n1,red\n1,violet\n")});
  EXPECT_EQ(odd.exit_code, 4);
  EXPECT_THAT(odd.err, AllOf(HasSubstr("odd.csv:3:3"),
                             HasSubstr("column 1 ('colour') is 'violet', which the model has not seen"),
                             HasSubstr("it knows 'blue', 'green', 'red'")));
}

TEST(Predict, OfImagesNamesTheirFiles) {
  if (!can_decode(ImageFormat::png)) GTEST_SKIP() << "built without libpng";
  const TemporaryFolder folder;
  for (std::uint8_t i = 0; i < 20; ++i)
    folder.write(text(i % 2 == 0 ? "pictures/dark/" : "pictures/light/", i, ".png"),
                 small_png(static_cast<std::uint8_t>(i % 2 == 0 ? i : 200 + i)));
  const std::string run = trained(folder, R"(
dataset: {type: image_folder, folder: pictures, transforms: [scale]}
model: {type: mlp, hidden: [8]}
optimizer: {type: adamw, lr: 0.03}
train: {batch_size: 4, until: 6 epochs}
)");
  folder.write("new/b.png", small_png(210));
  folder.write("new/a.png", small_png(1));

  const std::string csv = predicted(run, folder / "new");

  EXPECT_THAT(csv, StartsWith("file,prediction,probability_dark,probability_light\na.png,dark,"));
  EXPECT_THAT(csv, HasSubstr("\nb.png,light,"));
  EXPECT_THAT(cells_of(predicted(run, folder / "new/b.png")), SizeIs(1));
  EXPECT_THAT(cells_of(predicted(run, folder / "pictures")), SizeIs(20));
  folder.write("empty/readme.txt", "nothing");
  const Finished none = run_assay({"predict", run, folder / "empty"});
  EXPECT_EQ(none.exit_code, 4);
  EXPECT_THAT(none.err, HasSubstr("holds no images"));
}

TEST(Predict, OfAListOfImagesTakesATableOrTheImages) {
  if (!can_decode(ImageFormat::png)) GTEST_SKIP() << "built without libpng";
  const TemporaryFolder folder;
  std::string list;
  for (std::uint8_t i = 0; i < 20; ++i) {
    folder.write(text("pictures/", i, ".png"),
                 small_png(static_cast<std::uint8_t>(i % 2 == 0 ? i : 200 + i)));
    list += text(i, ".png,", i % 2 == 0 ? "dark" : "light", '\n');
  }
  folder.write("pictures/list.csv", list);
  const std::string run = trained(folder, R"(
dataset: {type: image_list, file: pictures/list.csv, task: classification, transforms: [scale]}
model: {type: mlp, hidden: [8]}
optimizer: {type: adamw, lr: 0.03}
train: {batch_size: 4, until: 6 epochs}
)");

  const std::string of_table = predicted(run, folder.write("pictures/new.csv", "3.png\n2.png\n"));

  EXPECT_THAT(of_table, AllOf(HasSubstr("\n3.png,light,"), HasSubstr("\n2.png,dark,")));
  EXPECT_THAT(predicted(run, folder / "pictures/3.png"), HasSubstr("\n3.png,light,"));
  EXPECT_THAT(cells_of(predicted(run, folder / "pictures")), SizeIs(20));
}

TEST(Predict, OfArraysTakesTheInputsAlone) {
  const TemporaryFolder folder;
  std::vector<float> x;
  std::vector<std::int64_t> y;
  for (int i = 0; i < 40; ++i) {
    x.insert(x.end(), {static_cast<float>(i % 2), 1.0F, static_cast<float>(i % 5)});
    y.push_back(i % 2);
  }
  folder.write("x.npy", npy_bytes("<f4", "(40, 3)", Array::of(x)));
  folder.write("y.npy", npy_bytes("<i8", "(40,)", Array::of(y)));
  const std::string run = trained(folder, R"(
dataset: {type: npy, inputs: x.npy, target: y.npy, task: classification, classes: [even, odd]}
model: {type: mlp, hidden: [8]}
optimizer: {type: adamw, lr: 0.03}
train: {batch_size: 4, until: 6 epochs}
)");

  const auto rows = cells_of(predicted(run, folder / "x.npy"));

  ASSERT_THAT(rows, SizeIs(40));
  EXPECT_EQ(rows[1][0], "odd");
  const Finished wide =
      run_assay({"predict", run, folder.write("wide.npy", npy_bytes("<f4", "(24, 5)", Array::of(x)))});
  EXPECT_EQ(wide.exit_code, 4);
  EXPECT_THAT(wide.err, HasSubstr("has rows [5] f32 of 'x', but the model was trained on [3] f32"));
}

TEST(Predict, WritesArraysAsHdf5) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config());
  const std::string file = folder / "out.h5";

  const Finished found = run_assay({"predict", run, folder / "table.csv", "-o", file});

  EXPECT_EQ(found.exit_code, 0) << found.err;
  EXPECT_EQ(found.out, "");
  EXPECT_THAT(found.err, AllOf(HasSubstr("wrote "), HasSubstr("150 rows")));
  const h5::Reader read = h5::Reader::open(file);
  EXPECT_EQ(read.text_attribute("/", "format"), "assay.predictions");
  EXPECT_EQ(read.integer_attribute("/", "step"), 56);
  EXPECT_THAT(read.texts("classes"), ElementsAre("setosa", "versicolor", "virginica"));
  EXPECT_EQ(read.array("probability").shape(), (std::vector<std::int64_t>{150, 3}));
  EXPECT_EQ(read.array("prediction").dtype(), Dtype::i64);
  const auto rows = cells_of(predicted(run, folder / "table.csv"));
  for (std::int64_t row = 0; row < 150; ++row) {
    const double sure = read.array("probability").as<double>()[3 * row];
    EXPECT_EQ(static_cast<float>(number(rows[static_cast<std::size_t>(row)][1])), static_cast<float>(sure));
  }
}

TEST(Predict, ArraysAreReadByPlainH5py) {
  const std::string python = "/usr/bin/python3";
  if (!exists(python) || run_process({python, "-c", "import h5py"}).exit_code != 0)
    GTEST_SKIP() << "no h5py for " << python;
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config());
  run_assay({"predict", run, folder / "table.csv", "-o", folder / "out.h5"});

  const Finished read =
      run_process({python, "-c",
                   "import h5py\n"
                   "f = h5py.File('out.h5')\n"
                   "names = f['classes'].asstr()[:]\n"
                   "print(f.attrs['format'], f['probability'].shape, names[f['prediction'][0]])\n"
                   "print((f['probability'][:].argmax(1) == f['prediction'][:]).all())"},
                  {.folder = folder.path()});

  EXPECT_EQ(read.out, "assay.predictions (150, 3) setosa\nTrue\n") << read.err;
}

/// A run on flowers and what predict says of it.
class PredictRefuses : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("table.csv", iris_table());
    run_ = trained(folder_, iris_config());
  }
  void expect(std::vector<std::string> more, int exit_code, const std::string& message,
              ProcessOptions options = {}) {
    more.insert(more.begin(), {"predict", run_});
    const Finished found = run_assay(std::move(more), std::move(options));
    EXPECT_EQ(found.exit_code, exit_code) << found.err;
    EXPECT_THAT(found.err, HasSubstr(message));
    EXPECT_EQ(found.out, "");
  }

  TemporaryFolder folder_;
  std::string run_;
};

TEST_F(PredictRefuses, ToWriteOverAFile) {
  const std::string input = folder_ / "table.csv", file = folder_.write("out.csv", "mine");

  expect({input, "-o", file}, 2, "out.csv is there already");
  EXPECT_EQ(read_text(file), "mine");
  EXPECT_EQ(run_assay({"predict", run_, input, "-o", file, "--force"}).exit_code, 0);
  EXPECT_THAT(read_text(file), StartsWith("prediction,"));
}

TEST_F(PredictRefuses, PlacesThatCannotBeWritten) {
  const std::string input = folder_ / "table.csv";
  expect({input, "-o", folder_ / "out.txt"}, 2, "ends neither in .csv nor in .h5");
  expect({input, "-o", folder_ / "nowhere/out.csv"}, 5, "there is no folder");
  expect({input, "-o", folder_.path()}, 2, "ends neither");
}

TEST_F(PredictRefuses, AFullDiskAndLeavesNothing) {
  ProcessOptions options;
  options.file_size_limit = 512;
  expect({folder_ / "table.csv", "-o", folder_ / "out.csv"}, 5, "cannot be written", options);
  EXPECT_EQ(list_folder(folder_.path()), (std::vector<std::string>{"runs", "table.csv", "tiny.yaml"}));
}

TEST_F(PredictRefuses, RowsThatItCannotRead) {
  expect({folder_ / "none.csv"}, 4, "none.csv");
  expect({folder_.write("few.csv", with_columns(iris_table(), {0, 1, 3}))}, 4,
         "there is no column 'petal_length', which the model takes");
  expect({folder_.write("bare.csv", "5.1,3.5,1.4,0.2\n")}, 4,
         "the table has no header, but the model knows its columns by name");
  expect({folder_.write("text.csv", "sepal_length,sepal_width,petal_length,petal_width\n5.1,x,1.4,0.2\n")}, 4,
         "text.csv:2:5");
}

TEST(PredictOf, ALanguageModelIsRefused) {
  const TemporaryFolder folder;
  std::string words;
  for (int i = 0; i < 30; ++i) words += "to be or not to be\n";
  folder.write("book.txt", words);
  const std::string run = trained(folder, R"(
dataset: {type: text, file: book.txt, context: 16}
model: {type: gpt, with: {depth: 1, width: 16, heads: 2}}
optimizer: adamw
train: {batch_size: 8, until: 2 steps}
)");

  const Finished found = run_assay({"predict", run, folder / "book.txt"});

  EXPECT_EQ(found.exit_code, 2);
  EXPECT_THAT(found.err, HasSubstr("the run is a language model: only classes and values are predicted"));
}

TEST(PredictOf, DataThatIsMadeIsRefused) {
  const TemporaryFolder folder;
  const std::string run =
      trained(folder,
              "dataset: {type: moons, rows: 60}\nmodel: {type: mlp, hidden: [4]}\noptimizer: adamw\n"
              "train: {until: 1 epoch}\n");

  const Finished found = run_assay({"predict", run, folder.write("new.csv", "1,2\n")});

  EXPECT_EQ(found.exit_code, 2);
  EXPECT_THAT(found.err, HasSubstr("data set moons reads no file or folder that it is given"));
}

}  // namespace
}  // namespace assay::testing
