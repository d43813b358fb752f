#include "core/io/digest.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace assay {
namespace {

using testing::problems_of;
using testing::TemporaryFolder;

// FIPS 180-4, the examples of its appendix.
TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, OfPartsIsThatOfTheWhole) {
  Sha256 sha;

  sha.add("a");
  sha.add("");
  sha.add("bc");

  EXPECT_EQ(hex(sha.finish()), sha256_hex("abc"));
}

TEST(Sha256, StartsAnewAfterFinish) {
  Sha256 sha;
  sha.add("something else");
  sha.finish();

  sha.add("abc");

  EXPECT_EQ(hex(sha.finish()), sha256_hex("abc"));
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  const TemporaryFolder folder;
  const std::string bytes(3000000, 'x');  // more than one part

  EXPECT_EQ(sha256_of_file(folder.write("big", bytes)), sha256_hex(bytes));
}

TEST(Sha256, OfWhatIsNoFileSaysSo) {
  const TemporaryFolder folder;

  EXPECT_EQ(problems_of([&] { sha256_of_file(folder / "none"); }).at(0).message, "there is no such file");
  EXPECT_EQ(problems_of([&] { sha256_of_file(folder.path()); }).at(0).message, "is a folder, not a file");
}

TEST(BlockDigest, IsTheDigestOfTheBlocksDigests) {
  const std::string first(digest_block_bytes, 'a');
  const std::string second = "the rest";
  Sha256 sha;
  sha.add(first);
  Sha256Digest digest = sha.finish();
  std::string digests(reinterpret_cast<const char*>(digest.data()), digest.size());
  sha.add(second);
  digest = sha.finish();
  digests.append(reinterpret_cast<const char*>(digest.data()), digest.size());

  EXPECT_EQ(block_digest(first + second), sha256_hex(digests));
  EXPECT_EQ(block_digest(""), sha256_hex(""));
}

TEST(BlockDigest, ChangesWithOneBitInAnyBlock) {
  std::string bytes(2 * digest_block_bytes, 'a');
  const std::string before = block_digest(bytes);

  bytes.back() = 'b';

  EXPECT_NE(block_digest(bytes), before);
}

TEST(BlockDigest, OfPartsIsThatOfTheWhole) {
  std::string bytes(2 * digest_block_bytes + 12345, 'a');
  for (std::size_t i = 0; i < bytes.size(); i += 1000) bytes[i] = static_cast<char>(i / 1000);
  std::vector<std::string_view> parts;
  for (std::size_t at = 0, size = 1; at < bytes.size(); at += size, size = size * 3 + 1) {
    parts.push_back(std::string_view(bytes).substr(at, size));
    parts.emplace_back();
  }

  BlockDigest in_order;
  PartsDigest in_threads(parts);
  for (const std::string_view part : parts) in_order.add(part);
  std::thread other([&] { in_threads.work(); });
  in_threads.work();
  other.join();

  EXPECT_EQ(in_order.finish(), block_digest(bytes));
  EXPECT_EQ(in_threads.finish(), block_digest(bytes));
  EXPECT_EQ(in_order.finish(), block_digest(""));
  EXPECT_EQ(PartsDigest({}).finish(), block_digest(""));
}

TEST(CheckDigest, NamesTheFileThatIsDamaged) {
  check_digest("abc", block_digest("abc"), "x.h5");

  EXPECT_EQ(to_string(problems_of([] { check_digest("abd", block_digest("abc"), "x.h5"); }).at(0)),
            "x.h5: error: is damaged: its digest is not the one that was recorded when it was written\n"
            "  hint: use another copy of the file, or of a run another checkpoint");
}

}  // namespace
}  // namespace assay
