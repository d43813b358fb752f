// Reads damaged and hostile copies of a checkpoint and a run.h5, with and without their digests, and says how
// each reading ended. Exit code 1 if one of them ended as none may.
//
//   mutate_files [--count 10000] [--seed 1]

#include <cstdlib>
#include <iostream>
#include <string>

#include <sys/resource.h>

#include "tests/runner/store/mutants.h"
#include "tests/support/files.h"

namespace {

long long option(int argc, char** argv, const std::string& name, long long otherwise) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (argv[i] == name) return std::atoll(argv[i + 1]);
  }
  return otherwise;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace assay::testing;
  const long long count = option(argc, argv, "--count", 10000);
  const TemporaryFolder folder;
  const MutantTally tally =
      read_mutants(folder.path(), count, static_cast<std::uint64_t>(option(argc, argv, "--seed", 1)));
  rusage children{};
  ::getrusage(RUSAGE_CHILDREN, &children);
  std::cout << count << " mutants; refused by digest: " << tally.refused_by_digest << "\nwithout a digest:\n";
  for (const auto& [ending, n] : tally.endings) std::cout << "  " << ending << ": " << n << '\n';
  std::cout << "longest reading: " << tally.longest_s << " s; largest child: " << children.ru_maxrss / 1024
            << " MiB\nwrong: " << tally.wrong.size() << '\n';
  for (const std::string& line : tally.wrong) std::cout << "  " << line << '\n';
  return tally.wrong.empty() && tally.refused_by_digest == count ? 0 : 1;
}
