#include "datasets/text.h"

#include <utility>
#include <vector>

#include "core/text.h"
#include "datasets/published.h"
#include "datasets/vocabulary.h"
#include "registry/contracts/legend.h"

namespace assay::datasets {
namespace {

Publication tiny_shakespeare() {
  return {"tiny_shakespeare",
          "Tiny Shakespeare",
          "github.com/karpathy/char-rnn, folder data/tinyshakespeare, and ships with assay in datasets/data",
          "public domain",
          {"tinyshakespeare"},
          {{"input.txt", 1115394, "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"}},
          std::nullopt,
          true};
}

}  // namespace

DatasetOutline TextWindows::outline() const {
  return {Task::Kind::language_model, Json(Json::Map{{"type", "order"}, {"train", "90%"}, {"valid", "10%"}})};
}

std::vector<Publication> TinyShakespeareParams::publications() { return {tiny_shakespeare()}; }

void TextDataset::fill(const ReadFile& file, std::string_view vocabulary, const TextWindows& windows,
                       const Needs& needs) {
  Tokens tokens = tokenize(file.bytes, vocabulary, file.path);
  if (needs.legend != nullptr) tokens = renumbered(std::move(tokens), needs.legend->task.classes, file.path);
  Windows& made = facts_.windows.emplace();
  made.series = std::move(tokens.numbers);
  made.length = windows.context;
  made.stride = windows.windows == "sequential" ? windows.context : 1;
  if (made.series.count() <= windows.context) {
    throw Error(Kind::data,
                problem_in(file.path,
                           text("the text has ", count_text(made.series.count(), vocabulary),
                                ", too few for one window: dataset.context is ", windows.context),
                           "lower `context`, which must leave one token to predict, or get more text"));
  }
  facts_.rows = made.rows();
  facts_.columns = {{"x", Dtype::i64, {windows.context}}, {"y", Dtype::i64, {windows.context}}};
  facts_.task = {Task::Kind::language_model, std::ssize(tokens.vocabulary), std::move(tokens.vocabulary)};
  facts_.files.push_back(file.record);
}

Text::Text(const Params& params, const Needs& needs) {
  const std::string& path = needs.input.empty() ? params.file.text : needs.input;
  fill(read_data_file(path), params.vocabulary, params, needs);
}

TinyShakespeare::TinyShakespeare(const Params& params, const Needs& needs) {
  const ReadFile file = needs.input.empty() ? read_published(tiny_shakespeare(), needs.roots).front()
                                            : read_data_file(needs.input);
  fill(file, "character", params, needs);
}

}  // namespace assay::datasets
