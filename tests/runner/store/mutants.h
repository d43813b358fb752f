// Damaged and hostile copies of the record's files, and what reading them must come to: refused by digest, or
// without one an Error or arrays that fit the file; never a crash of this process, never a wait without end.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace assay::testing {

/// A structure of HDF5's in a file whose last four bytes are the checksum of the others.
struct Checksummed {
  std::size_t begin = 0;
  std::size_t end = 0;  // of what the checksum covers; the checksum follows
};

/// Finds them by their signatures.
std::vector<Checksummed> checksummed_parts(std::string_view file);

/// Copies of one file with one thing wrong with each.
class Mutator {
 public:
  enum class Way { bit, bytes, sector, truncation, hostile_value, hostile_address };
  static constexpr std::array ways{Way::bit,        Way::bytes,         Way::sector,
                                   Way::truncation, Way::hostile_value, Way::hostile_address};

  Mutator(std::string file, std::uint64_t seed);

  /// Differs from the file. Hostile ones have the right checksums: HDF5 believes them.
  std::string mutant(Way way);
  const std::string& file() const { return file_; }

 private:
  std::size_t below(std::size_t end);
  std::string changed(Way way);
  void put_hostile_value(std::string& bytes);
  void swap_addresses(std::string& bytes);
  void repair(std::string& bytes, const Checksummed& part) const;

  std::string file_;
  std::mt19937_64 random_;
  std::vector<Checksummed> parts_;
};

std::string_view to_string(Mutator::Way way);

/// How readings ended; `wrong` is what must not be.
struct MutantTally {
  std::int64_t refused_by_digest = 0;
  std::map<std::string, std::int64_t> endings;  // of readings without a digest: "read", or "refused: ..."
  std::vector<std::string> wrong;
  double longest_s = 0;

  void add(const MutantTally& other);
};

/// A checkpoint's and a run.h5's bytes to begin with; the checkpoint is written in `folder`.
std::string example_checkpoint_bytes(const std::string& folder);
std::string example_run_bytes();

/// Reads `count` mutants of each in turn, with and without their digests. `folder` is for the files.
MutantTally read_mutants(const std::string& folder, std::int64_t count, std::uint64_t seed);

}  // namespace assay::testing
