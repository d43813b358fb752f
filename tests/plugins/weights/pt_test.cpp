#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/zip.h"
#include "core/io/zip_writer.h"
#include "tests/plugins/weights/support.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string refusal(const std::string& path) {
  const auto problems = problems_of([&] { weights_format("pt")->read(path); });
  return problems.empty() ? "read" : problems[0].message;
}

/// Reads the numbers of every tensor and compares them with NumPy's, in double.
void expect_recorded(const std::string& file_name) {
  const WeightFile file = weights_format("pt")->read(recorded_weights(file_name));
  const WeightFile expected = weights_format("npz")->read(recorded_weights("odd_expected.npz"));
  ASSERT_EQ(file.tensors.size(), expected.tensors.size());
  for (const NamedTensor& tensor : file.tensors) {
    const Array ours = read(tensor), theirs = read(tensor_named(expected, tensor.name));
    ASSERT_EQ(ours.shape(), theirs.shape()) << tensor.name;
    for (std::int64_t i = 0; i < ours.count(); ++i)
      EXPECT_EQ(element(ours, i), element(theirs, i)) << tensor.name;
  }
}

TEST(Pt, ReadsEveryTypeAndAnyStrides) { expect_recorded("odd.pt"); }

TEST(Pt, ReadsFilesOfPyTorchBeforeZip) { expect_recorded("odd_legacy.pt"); }

TEST(Pt, KnowsTensorsThatAreOne) {
  const WeightFile file = weights_format("pt")->read(recorded_weights("decoder.pt"));

  EXPECT_EQ(tensor_named(file, "lm_head.weight").same_as, "transformer.wte.weight");
  EXPECT_EQ(tensor_named(file, "transformer.wpe.weight").same_as, "");
}

TEST(Pt, JoinsTheKeysOfNestedMapsAndListsByDots) {
  const WeightFile file = weights_format("pt")->read(recorded_weights("nested.pt"));

  EXPECT_THAT(names_of(file),
              ElementsAre("state_dict.module.weight", "state_dict.module.bias", "history.1.best"));
}

TEST(Pt, RefusesAFileWithCodeByTheNameOfWhatItAsksFor) {
  EXPECT_THAT(refusal(recorded_weights("code.pt")),
              AnyOf("holds code, which is never run: it asks for posix.system",
                    "holds code, which is never run: it asks for os.system"));
  EXPECT_EQ(refusal(recorded_weights("whole_module.pt")),
            "holds code, which is never run: it asks for torch.nn.modules.linear.Linear");
}

TEST(Pt, NamesATypeThatItDoesNotHold) {
  EXPECT_EQ(refusal(recorded_weights("complex.pt")),
            "weight is of torch.ComplexFloatStorage, which assay does not hold");
}

TEST(Pt, WhatIsWrittenIsReadBackInItsOrder) {
  const TemporaryFolder folder;
  weights_format("pt")->write(folder / "a.pt", example_weights());

  const WeightFile file = weights_format("pt")->read(folder / "a.pt");

  expect_same(file, example_weights());
  EXPECT_EQ(names_of(file), names_of(example_weights()));
  EXPECT_EQ(file.notes, example_weights().notes);
}

TEST(Pt, StoragesBeginAtMultiplesOf64SoThatTheyCanBeMapped) {
  const TemporaryFolder folder;
  weights_format("pt")->write(folder / "a.pt", example_weights());
  const std::string bytes = read_text(folder / "a.pt");

  const ZipFile zip(bytes, "a.pt");

  for (const std::string& entry : zip.names()) EXPECT_EQ(zip.place(entry)->offset % 64, 0U) << entry;
}

TEST(Pt, TensorsThatAreOneAreStoredOnce) {
  const TemporaryFolder folder;
  WeightFile file = example_weights();
  file.tensors.push_back(file.tensors.front());
  file.tensors.back().name = "tied.weight";
  file.tensors.back().same_as = file.tensors.front().name;
  weights_format("pt")->write(folder / "a.pt", file);

  const WeightFile back = weights_format("pt")->read(folder / "a.pt");

  EXPECT_EQ(tensor_named(back, "tied.weight").same_as, "layers.0.weight");
  expect_same(back, file);
}

TEST(Pt, RefusesATensorThatIsLargerThanWhatIsStored) {
  const TemporaryFolder folder;
  WeightFile file;
  file.tensors.push_back(tensor_of("a", Array::of<float>({1, 2, 3, 4})));
  weights_format("pt")->write(folder / "a.pt", file);
  std::string bytes = read_text(folder / "a.pt");
  const std::string sizes = std::string("(J\x04\0\0\0t", 7);
  bytes.replace(bytes.find(sizes), sizes.size(), std::string("(J\x05\0\0\0t", 7));
  const std::string path = folder.write("b.pt", bytes);

  EXPECT_THAT(refusal(path), AnyOf(HasSubstr("a is no whole tensor"), HasSubstr("checksum")));
}

TEST(Pt, AZipFileOfSomethingElseIsNamed) {
  EXPECT_EQ(refusal(recorded_weights("packed.npz")), "is a zip file without data.pkl, so none of PyTorch's");
}

}  // namespace
}  // namespace assay::testing
