#include "datasets/cifar10.h"

#include <cstring>
#include <utility>

#include "core/text.h"
#include "datasets/published.h"
#include "datasets/row_range.h"

namespace assay::datasets {
namespace {

constexpr std::size_t image_bytes = 3 * 32 * 32;
constexpr std::size_t row_bytes = 1 + image_bytes;
constexpr std::int64_t n_train = 50000;
constexpr std::int64_t n_rows = 60000;
constexpr int n_classes = 10;

Publication cifar10() {
  constexpr std::uint64_t bytes = 30730000;
  return {"cifar10",
          "CIFAR-10",
          "www.cs.toronto.edu/~kriz/cifar.html",
          "none stated",
          {"cifar-10-batches-bin", "cifar10"},
          {{"data_batch_1.bin", bytes, "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"},
           {"data_batch_2.bin", bytes, "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"},
           {"data_batch_3.bin", bytes, "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"},
           {"data_batch_4.bin", bytes, "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"},
           {"data_batch_5.bin", bytes, "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"},
           {"test_batch.bin", bytes, "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"}},
          KnownArchive{"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", 170052171,
                       "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"}};
}

}  // namespace

DatasetOutline Cifar10Params::outline() const {
  return {Task::Kind::classification,
          Json(Json::Map{{"type", "official"}, {"valid", Json(Json::Map{{"last", "10%"}})}})};
}

std::vector<Publication> Cifar10Params::publications() { return {cifar10()}; }

CifarBatch read_cifar(std::string_view bytes, const std::string& name) {
  if (bytes.empty() || bytes.size() % row_bytes != 0) {
    throw Error(Kind::data, problem_in(name,
                                       text("the file has ", bytes.size(), " bytes, which are not images of ",
                                            row_bytes, " bytes each"),
                                       "get the file again: the binary version, not that for Python"));
  }
  const auto n = static_cast<std::int64_t>(bytes.size() / row_bytes);
  CifarBatch batch{Array(Dtype::u8, {n, 3, 32, 32}), Array(Dtype::i64, {n})};
  for (std::int64_t row = 0; row < n; ++row) {
    const char* from = bytes.data() + static_cast<std::size_t>(row) * row_bytes;
    const int label = static_cast<unsigned char>(*from);
    if (label >= n_classes) {
      throw Error(
          Kind::data,
          problem_in(name, text("row ", row, " (from 0) is of class ", label, ", must be from 0 to 9"),
                     "get the file again"));
    }
    batch.labels.as<std::int64_t>()[row] = label;
    std::memcpy(batch.images.data() + static_cast<std::size_t>(row) * image_bytes, from + 1, image_bytes);
  }
  return batch;
}

namespace {

Task cifar_task() {
  return {Task::Kind::classification,
          n_classes,
          {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}};
}

}  // namespace

// A file of the same format, whose first byte of each image is not looked at without labels.
void Cifar10::read_input(const Needs& needs) {
  const ReadFile file = read_data_file(needs.input);
  CifarBatch batch = read_cifar(file.bytes, file.path);
  add_column("x", std::move(batch.images));
  if (needs.is_labelled) add_column("y", std::move(batch.labels));
  facts_.task = cifar_task();
  facts_.files.push_back(file.record);
}

Cifar10::Cifar10(const Params& /*params*/, const Needs& needs) {
  if (!needs.input.empty()) {
    read_input(needs);
    return;
  }
  const std::vector<ReadFile> files = read_published(cifar10(), needs.roots);
  Array images(Dtype::u8, {n_rows, 3, 32, 32});
  Array labels(Dtype::i64, {n_rows});
  std::size_t image_at = 0, label_at = 0;
  for (const ReadFile& file : files) {
    const CifarBatch batch = read_cifar(file.bytes, file.path);
    std::memcpy(images.data() + image_at, batch.images.data(), batch.images.bytes());
    std::memcpy(labels.data() + label_at, batch.labels.data(), batch.labels.bytes());
    image_at += batch.images.bytes();
    label_at += batch.labels.bytes();
    facts_.files.push_back(file.record);
  }
  facts_.task = cifar_task();
  add_column("x", std::move(images));
  add_column("y", std::move(labels));
  official_ = SplitRows{rows_between(0, n_train), {}, rows_between(n_train, n_rows)};
}

}  // namespace assay::datasets
