#include "runner/store/checkpoint_file.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/files.h"
#include "tests/support/process.h"

namespace assay::store {
namespace {

using ::testing::ElementsAre;
using testing::FileSizeLimit;
using ::testing::HasSubstr;
using testing::problems_of;
using testing::run_process;
using testing::TemporaryFolder;

constexpr CheckpointInfo info{450, 3, false, 0, false};

State state_of(const std::vector<std::pair<std::string, Array>>& arrays) {
  State state;
  for (const auto& [name, array] : arrays) StateWriter(state).array(name, array);
  return state;
}

/// As a small model leaves it; `shift` makes it another step's.
State example_state(float shift = 0) {
  return state_of(
      {{"model/layers.0.weight", Array::of(std::vector<float>{1 + shift, 2, 3, 4, 5, 6}).reshaped({2, 3})},
       {"optimizer/state/layers.0.weight/exp_avg", Array::of(std::vector<float>(6, 0.25F))},
       {"optimizer/step", Array::of(std::vector<std::int64_t>{4}).reshaped({})}});
}

void expect_equal(const State& left, const State& right) {
  ASSERT_EQ(left.size(), right.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    EXPECT_EQ(left[i].name, right[i].name);
    EXPECT_EQ(left[i].view.dtype, right[i].view.dtype) << left[i].name;
    EXPECT_EQ(left[i].view.shape, right[i].view.shape) << left[i].name;
    if (left[i].view.bytes() == 0) continue;
    EXPECT_EQ(std::memcmp(left[i].view.data, right[i].view.data, left[i].view.bytes()), 0) << left[i].name;
  }
}

class Checkpoint : public ::testing::Test {
 protected:
  WrittenFile write(const State& state) const { return write_checkpoint(path_, "3f2a91c0de", info, state); }

  /// A checkpoint that `fill` makes by hand.
  template <class Fill>
  void write_by_hand(Fill&& fill) const {
    h5::Writer file;
    file.attribute("/", "format", "assay.checkpoint");
    file.attribute("/", "format_version", std::int64_t{1});
    fill(file);
    publish(path_, file.finish());
  }
  std::string message_untrusted() const {
    return problems_of([&] { read_untrusted_checkpoint(path_); }).at(0).message;
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "step-0000000450.h5";
};

TEST_F(Checkpoint, ComesBackInItsOrderWithEveryDtypeAndShape) {
  std::vector<std::pair<std::string, Array>> arrays;
  for (const Dtype dtype : {Dtype::boolean, Dtype::u8, Dtype::i8, Dtype::i16, Dtype::i32, Dtype::i64,
                            Dtype::f16, Dtype::bf16, Dtype::f32, Dtype::f64}) {
    Array array(dtype, {2, 3});
    std::memset(array.data(), 1, array.bytes());
    arrays.emplace_back("model/" + std::string(to_string(dtype)), array);
  }
  arrays.emplace_back("a/first.of.all/none", Array(Dtype::f32, {0, 4}));
  arrays.emplace_back("a/one", Array::of(std::vector<std::int64_t>{-7}).reshaped({}));
  arrays.emplace_back("a/large", Array::of(std::vector<double>(700'000, 0.1)));
  const State state = state_of(arrays);

  const WrittenFile written = write(state);

  expect_equal(read_checkpoint(path_, written.digest), state);
  expect_equal(read_untrusted_checkpoint(path_), state);
}

TEST_F(Checkpoint, TellsItsSizeAndDigest) {
  const WrittenFile written = write(example_state());

  EXPECT_EQ(written.bytes, file_size(path_));
  EXPECT_EQ(written.digest, block_digest(read_file(path_)));
  EXPECT_THAT(list_folder(folder_.path()), ElementsAre("step-0000000450.h5"));
}

TEST_F(Checkpoint, OfTheSameStateIsTheSameBytes) {
  const std::string first = write(example_state()).digest;
  std::vector<std::unique_ptr<char[]>> dirt;  // memory that is used again holds something
  for (std::size_t size = 16; size < 100'000; size = size * 3 / 2) {
    dirt.push_back(std::make_unique<char[]>(size));
    std::memset(dirt.back().get(), 0xA5, size);
  }
  dirt.clear();
  std::string elsewhere;

  std::thread([&] { elsewhere = write(example_state()).digest; }).join();

  EXPECT_EQ(elsewhere, first);
  EXPECT_NE(write(example_state(1)).digest, first);
}

TEST_F(Checkpoint, OutlivesWhatItWasReadFrom) {
  const State state = example_state();
  const WrittenFile written = write(state);

  const State back = read_checkpoint(path_, written.digest);
  remove_file(path_);

  expect_equal(back, state);
}

TEST_F(Checkpoint, TwoEntriesOfOneNameAreRefusedAndNothingIsWritten) {
  const Array one = Array::of(std::vector<float>{1});

  const auto problems = problems_of([&] { write(state_of({{"model/a", one}, {"model/a", one}})); });

  EXPECT_THAT(problems.at(0).message, HasSubstr("model/a"));
  EXPECT_TRUE(list_folder(folder_.path()).empty());
}

TEST_F(Checkpoint, OnAFullDiskLeavesTheOldFileAndNothingElse) {
  const std::string before = write(example_state()).digest;
  const State large = state_of({{"model/a", Array(Dtype::u8, {1 << 20})}});

  std::vector<Problem> problems;
  {
    const FileSizeLimit limit(100'000);
    problems = problems_of([&] { write(large); });
  }

  EXPECT_THAT(problems.at(0).message, HasSubstr("cannot be written: file too large"));
  EXPECT_THAT(list_folder(folder_.path()), ElementsAre("step-0000000450.h5"));
  EXPECT_EQ(block_digest(read_file(path_)), before);
}

TEST_F(Checkpoint, WithoutItsFolderIsAnErrorOfTheStore) {
  try {
    write_checkpoint(folder_ / "none/x.h5", "3f2a91c0de", info, example_state());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::store);
  }
}

TEST_F(Checkpoint, ThatIsDamagedOrMissingIsRefusedByName) {
  const std::string digest = write(example_state()).digest;
  std::string bytes = read_file(path_);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  publish(path_, bytes);

  const auto damaged = problems_of([&] { read_checkpoint(path_, digest); });
  const auto missing = problems_of([&] { read_checkpoint(folder_ / "none.h5", digest); });

  EXPECT_EQ(damaged.at(0).message,
            "is damaged: its digest is not the one that was recorded when it was written");
  EXPECT_EQ(damaged.at(0).where.name(), path_);
  EXPECT_EQ(missing.at(0).message, "there is no such file");
}

TEST_F(Checkpoint, OfAnotherFormatIsRefused) {
  publish(path_, "no HDF5 file at all");
  EXPECT_EQ(message_untrusted(), "is not an HDF5 file");

  h5::Writer other;
  other.attribute("/", "format", "assay.run");
  publish(path_, other.finish());
  EXPECT_EQ(message_untrusted(), "is no checkpoint");

  h5::Writer newer;
  newer.attribute("/", "format", "assay.checkpoint");
  newer.attribute("/", "format_version", std::int64_t{2});
  publish(path_, newer.finish());
  EXPECT_EQ(message_untrusted(), "is of checkpoint format 2, newer than this assay");
}

TEST_F(Checkpoint, LinksToOtherFilesAreNotFollowed) {
  h5::Writer target;
  target.array("a", Array::of(std::vector<float>{1}));
  publish(folder_ / "target.h5", target.finish());

  write_by_hand([&](h5::Writer& file) {
    file.external_link("model/a", folder_ / "target.h5", "/a");
    file.texts("index", {"model/a"});
  });

  EXPECT_THAT(message_untrusted(), HasSubstr("model/a"));
}

TEST_F(Checkpoint, AnArrayThatIsNamedTwiceIsRefused) {
  const Array one = Array::of(std::vector<float>(300, 1));  // too large for the header of its dataset
  write_by_hand([&](h5::Writer& file) {
    file.array("model/a", one);
    file.texts("index", {"model/a", "model/a"});
  });

  EXPECT_EQ(message_untrusted(), "is damaged: model/a lies over another array");
}

TEST_F(Checkpoint, APackedArrayIsRefused) {
  write_by_hand([&](h5::Writer& file) {
    file.packed("model/a", Array::of(std::vector<float>(5000, 1)));
    file.texts("index", {"model/a"});
  });

  EXPECT_EQ(message_untrusted(), "model/a is not stored in one piece");
}

TEST_F(Checkpoint, APipeIsNoFile) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);

  EXPECT_EQ(message_untrusted(), "is not a regular file");
}

/// What assay's own writer cannot make, h5py can.
class StrangeCheckpoint : public Checkpoint {
 protected:
  void write_with_h5py(const std::string& code) const {
    const std::string begin =
        "import h5py, numpy as np\n"
        "f = h5py.File('step-0000000450.h5', 'w', libver=('earliest', 'v110'))\n"
        "f.attrs['format'] = 'assay.checkpoint'; f.attrs['format_version'] = 1\n"
        "f['index'] = np.array(['model/a'], dtype=h5py.string_dtype())\n";
    const std::string python = "/usr/bin/python3";
    if (run_process({python, "-c", "import h5py"}).exit_code != 0) GTEST_SKIP() << "no h5py for " << python;
    const auto run = run_process({python, "-c", begin + code}, {.folder = folder_.path()});
    ASSERT_EQ(run.exit_code, 0) << run.err;
  }
};

TEST_F(StrangeCheckpoint, ArraysThatLieInOtherFilesAreRefused) {
  folder_.write("secret", std::string(64, 's'));
  write_with_h5py("f.create_dataset('model/a', (16,), 'f4', external=[('secret', 0, 64)])");
  if (IsSkipped() || HasFailure()) return;
  EXPECT_EQ(message_untrusted(), "model/a lies in another file, which is not followed");
}

TEST_F(StrangeCheckpoint, ViewsOfOtherFilesAreRefused) {
  write_with_h5py(
      "v = h5py.VirtualLayout((4,), 'f4'); v[:] = h5py.VirtualSource('target.h5', 'a', (4,))\n"
      "f.create_virtual_dataset('model/a', v)");
  if (IsSkipped() || HasFailure()) return;
  EXPECT_THAT(message_untrusted(), HasSubstr("model/a lies in another file, which is not followed"));
}

TEST_F(StrangeCheckpoint, FiltersThatAssayDoesNotUseAreRefused) {
  write_with_h5py("f.create_dataset('model/a', data=np.ones(100, 'f4'), chunks=(50,), fletcher32=True)");
  if (IsSkipped() || HasFailure()) return;
  EXPECT_EQ(message_untrusted(), "model/a is packed with filter 3, which assay does not use");
}

TEST_F(StrangeCheckpoint, ShapesThatTheFileCannotHoldAreRefused) {
  write_with_h5py("f.create_dataset('model/a', (1 << 40,), 'f4')");
  if (IsSkipped() || HasFailure()) return;
  EXPECT_EQ(message_untrusted(), "model/a claims the shape [1099511627776], more than the file can hold");
}

TEST_F(StrangeCheckpoint, NumbersThatAssayDoesNotStoreAreRefused) {
  write_with_h5py("f['model/a'] = np.ones(3, dtype='>f4')");
  if (IsSkipped() || HasFailure()) return;
  EXPECT_EQ(message_untrusted(), "model/a holds no numbers that assay stores");
}

TEST_F(StrangeCheckpoint, GroupsThatHoldThemselvesEnd) {
  write_with_h5py(
      "f['model/a'] = np.ones(3, 'f4'); f['model/self'] = f['model']; f['model/me'] = f['model']");
  if (IsSkipped() || HasFailure()) return;

  const h5::Reader file = h5::Reader::open(path_);

  EXPECT_THAT(problems_of([&] { file.datasets("/"); }).at(0).message, HasSubstr("is nested too deeply"));
  EXPECT_EQ(read_untrusted_checkpoint(path_).size(), 1U);
}

}  // namespace
}  // namespace assay::store
