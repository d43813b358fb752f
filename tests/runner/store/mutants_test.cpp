// The short form of mutate_files.

#include "tests/runner/store/mutants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/h5.h"
#include "runner/store/checkpoint_file.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::IsEmpty;

TEST(Mutants, AreRefusedByDigestAndWithoutOneDoNoHarm) {
  const TemporaryFolder folder;

  const MutantTally tally = read_mutants(folder.path(), 300, 20261122);

  EXPECT_THAT(tally.wrong, IsEmpty());
  EXPECT_EQ(tally.refused_by_digest, 300);
}

TEST(Mutants, TheFilesTheyAreMadeOfAreWhole) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x.h5", example_checkpoint_bytes(folder.path()));

  EXPECT_EQ(store::read_untrusted_checkpoint(path).size(), 39U);
  EXPECT_TRUE(h5::Reader::of_bytes(example_run_bytes(), "run.h5").has("metrics/train/loss/value"));
}

TEST(Mutants, HostileOnesHaveTheRightChecksums) {
  const TemporaryFolder folder;
  Mutator mutator(example_checkpoint_bytes(folder.path()), 1);
  const std::vector<Checksummed> parts = checksummed_parts(mutator.file());

  const std::string mutant = mutator.mutant(Mutator::Way::hostile_value);

  EXPECT_GT(parts.size(), 40U);  // the superblock, a header for each object, indices of large groups
  EXPECT_EQ(checksummed_parts(mutant).size(), parts.size());
}

}  // namespace
}  // namespace assay::testing
