#include "runner/config/starter.h"

#include "core/error.h"
#include "core/io/files.h"
#include "core/json.h"
#include "core/text.h"
#include "runner/config/to_yaml.h"

namespace assay {
namespace {

constexpr std::string_view heading =
    R"(# `assay check` on this file says whether it is right, `assay run` trains it, and `assay show` prints
# what it leaves unsaid. `assay list` and `assay describe NAME` say what else could stand here.
assay: 1              # version of the config language
seed: 0               # of every random stream: the same seed gives the same numbers

)";

constexpr std::string_view classification_target =
    R"(  target: species                  # column to predict; all others are inputs, or: inputs: [a, b]
  task: classification
  split: {train: 70%, valid: 15%, test: 15%, stratify: true}   # the same mix of classes in each
  transforms: [standardize]        # fitted on the training rows alone

model: {type: mlp, hidden: [64, 64], dropout: 0.1}
loss: cross_entropy
)";

constexpr std::string_view regression_target = R"(  inputs: [sepal_length, sepal_width, petal_length]
  target: petal_width              # column to predict
  task: regression
  split: {train: 70%, valid: 15%, test: 15%}
  transforms: [standardize]        # fitted on the training rows alone
  targets: [standardize]           # undone before metrics, which keep the table's units

model: {type: mlp, hidden: [64, 64]}
loss: mse
)";

constexpr std::string_view images_model = R"(dataset:
  type: digits          # 8 x 8 grey values; also: mnist, fashion_mnist, and idx for files of yours
  split: {train: 70%, valid: 15%, test: 15%, stratify: true}
  transforms: [standardize]

# Sizes of inputs are inferred; `assay check FILE --summary` prints every layer with its shapes.
model:
  type: sequential
  layers:
    - {type: conv2d, channels: 16, kernel: 3, padding: same}
    - relu
    - {type: max_pool2d, kernel: 2}
    - flatten
    - {type: dropout, p: 0.25}
    - linear            # without `units`: as many as there are classes
loss: cross_entropy
)";

constexpr std::string_view learning = R"(
optimizer: {type: adamw, lr: 1e-3}
schedule: {type: cosine, warmup: 5%}        # the learning rate over the run
train: {batch_size: 16, until: 40 epochs}   # or a time, or whichever comes first: [40 epochs, 10 min]

)";

constexpr std::string_view judging_classes = R"(metrics: [accuracy]
evaluate: {every: 1 epoch}
checkpoint: {keep_best: valid/accuracy}     # test is judged with these weights, once, at the end
)";

constexpr std::string_view judging_numbers =
    R"(metrics: [rmse, mae]                        # in the units of the table
evaluate: {every: 1 epoch}
checkpoint: {keep_best: valid/rmse}         # test is judged with these weights, once, at the end
)";

// `file: /path/iris.csv`, quoted where YAML asks for it.
std::string table(const std::string& data_folder) {
  const std::string file = join_path(data_folder, "iris.csv");
  return text("dataset:\n  type: csv\n  ", trim(to_yaml(Json(Json::Map{{"file", file}}))),
              "   # your table; a relative path is relative to this file\n");
}

std::string classification(const std::string& data_folder) {
  return text("# Tells classes apart by the columns of a table. Here it is iris: four lengths of a flower.\n",
              heading, table(data_folder), classification_target, learning, judging_classes);
}

std::string regression(const std::string& data_folder) {
  return text("# Predicts a number from the columns of a table. Here it is iris: the width of a petal.\n",
              heading, table(data_folder), regression_target, learning, judging_numbers);
}

std::string images() {
  return text("# Tells classes of pictures apart with a small convolutional network.\n", heading,
              images_model, learning, judging_classes);
}

}  // namespace

std::vector<Starter> starters() {
  return {{"classification", "classes from the columns of a table"},
          {"regression", "a number from the columns of a table"},
          {"images", "classes of pictures, with a convolutional network"}};
}

std::string starter_config(const std::string& name, const std::string& data_folder) {
  if (name == "classification") return classification(data_folder);
  if (name == "regression") return regression(data_folder);
  ASSAY_ASSERT(name == "images");
  return images();
}

}  // namespace assay
