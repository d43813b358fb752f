// Runs the program on a config that ships and reads the record.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/summary.h"
#include "tests/support/files.h"
#include "tests/support/process.h"

namespace assay::testing {

struct Trained {
  std::string folder;
  store::RunSummary summary;
  double seconds = 0;  // of the whole process
};

/// `assay run CONFIG key=value ... --runs RUNS --quiet`, from the source folder. Fails the test if it does
/// not succeed.
inline Trained train(const std::string& config, const std::string& runs,
                     const std::vector<std::string>& arguments, double timeout_s) {
  std::vector<std::string> words{binary(), "run", config, "--runs", runs, "--quiet"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Finished finished = run_process(words, {.folder = source_folder(), .timeout_s = timeout_s});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  Trained trained{std::string(trim(finished.out)), {}, finished.seconds};
  const std::string path = trained.folder + "/summary.json";
  trained.summary = store::summary_of(parse_json(read_text(path), path));
  return trained;
}

/// Trains with seeds first, first + 1, ... and returns the mean of test/accuracy; prints each.
inline double mean_accuracy(const std::string& config, int seeds, double limit_s, double timeout_s) {
  const TemporaryFolder runs;
  double sum = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    const Trained trained = train(config, runs.path(), {text("seed=", seed)}, timeout_s);
    const double accuracy = trained.summary.find("test/accuracy").value_or(0);
    std::printf("%s seed %d: test/accuracy %.4f in %.1f s\n", config.c_str(), seed, accuracy,
                trained.seconds);
    EXPECT_LT(trained.seconds, limit_s) << "seed " << seed;
    sum += accuracy;
  }
  std::printf("%s: mean of %d seeds %.4f\n", config.c_str(), seeds, sum / seeds);
  return sum / seeds;
}

}  // namespace assay::testing
