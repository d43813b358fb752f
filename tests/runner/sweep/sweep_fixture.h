// Studies of the digits in a folder of their own, worked on by fake trials.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "registry/contracts/builtin.h"
#include "runner/sweep/board.h"
#include "runner/sweep/pool.h"
#include "runner/sweep/spec.h"
#include "runner/sweep/worker.h"
#include "tests/runner/sweep/fake_runner.h"
#include "tests/support/files.h"

namespace assay::testing {

class SweepFixture : public ::testing::Test {
 protected:
  /// `section`: what stands under `sweep:`, on one line.
  std::unique_ptr<sweep::Study> study_of(const std::string& section) {
    const std::string file =
        files_.write("sweep.yaml",
                     "assay: 1\ndataset: digits\nmodel: {type: mlp, hidden: [8], dropout: 0.1}\n"
                     "optimizer: {type: adamw, lr: 1e-3}\ntrain: {until: 4 epochs}\nsweep: " +
                         section + "\n");
    return std::make_unique<sweep::Study>(ConfigRequest{.file = file}, registry_, parts_);
  }

  /// One worker, in this process.
  sweep::Worker::End work(const sweep::Study& study, const sweep::StudyFolder& folder) {
    sweep::DataCache data(parts_, source_folder() + "/datasets/data");
    const sweep::TrialTools tools{study, folder, parts_, runner_, data, Json::map(), {"assay", "sweep"}};
    return sweep::Worker(tools, stop_, nullptr).work();
  }

  /// Several, in processes of their own, until all is over; returns the exit code.
  int work_in_processes(const sweep::Study& study, const sweep::StudyFolder& folder, std::size_t n_workers,
                        const std::function<void()>& in_child = {}, bool says_of_crashes = true) {
    sweep::DataCache data(parts_, source_folder() + "/datasets/data");
    data.get(study.config().experiment);
    const sweep::TrialTools tools{study, folder, parts_, runner_, data, Json::map(), {"assay", "sweep"}};
    const auto do_work = [&](sweep::WorkerSeat& seat) {
      if (in_child) in_child();
      try {
        return sweep::Worker(tools, stop_, &seat).work() == sweep::Worker::End::all_over ? 0 : 10;
      } catch (const Error& error) {
        return exit_code(error.kind());
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 70;
      }
    };
    const auto on_crash = [&](const sweep::Crash& crash) {
      ++n_crashes_;
      if (says_of_crashes) sweep::release(folder, crash);
    };
    sweep::Pool pool(n_workers, do_work, on_crash);
    while (pool.is_running()) {
      pool.look();
      ::usleep(1000);
    }
    return pool.exit_code();
  }

  sweep::StudyFolder new_folder(const std::string& name) {
    std::filesystem::create_directories(files_ / name);
    return sweep::StudyFolder(files_ / name);
  }

  /// What a trial is and what it gave, in words that are the same for the same bits.
  std::map<sweep::Trial, std::string> results(const sweep::Study& study, const sweep::StudyFolder& folder) {
    sweep::Board board(study, folder);
    board.refresh();
    std::map<sweep::Trial, std::string> out;
    for (const auto& [trial, end] : board.ends()) {
      std::string label;
      if (!sweep::is_refit(trial)) {
        const sweep::Unit unit = study.layout().unit(trial);
        label = study.label(unit, *board.point(unit.group, unit.configuration));
      }
      out[trial] =
          text(label, ' ', to_string(end.how), ' ', end.reason, ' ', end.value.value_or(std::nan("")));
    }
    return out;
  }

  TemporaryFolder files_;
  Registry registry_ = builtin_registry();
  Implementations parts_ = builtin_implementations();
  FakeRunner runner_;
  std::atomic<bool> stop_{false};
  int n_crashes_ = 0;
};

}  // namespace assay::testing
