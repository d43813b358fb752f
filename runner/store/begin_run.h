// What a run is before it starts, and how its record is kept.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/json.h"
#include "runner/store/lease.h"

namespace assay::store {

struct SourceText {
  std::string file;  // as the user wrote it
  std::string text;

  bool operator==(const SourceText&) const = default;
};

struct DataFile {
  std::string role;  // what it is to the data set: "train_images"
  std::string path;
  std::string sha256;
  std::uint64_t bytes = 0;

  bool operator==(const DataFile&) const = default;
};

/// Which checkpoints stay: the newest ones, and the newest of those that were the best when they were taken.
struct Retention {
  std::int64_t keep_last = 1;
  std::int64_t keep_best = 1;
};

/// How often what happens; tests make it short.
struct StoreTimes {
  std::chrono::milliseconds sync{250};  // what a power cut may cost
  LeaseTimes lease;
};

struct BeginRun {
  std::string runs_dir;
  std::string name;
  std::string id;           // run_id(); begin() adds ".2" and so on
  bool is_new = false;      // a further run, though there is one of this identity
  std::string folder = {};  // where it lies, if not in runs_dir/name/id: as the trials of a sweep
  int attempt = 0;          // which the caller has claimed already, in `folder`; 0: begin() claims one
  Json resolved;            // the resolved config, a map
  Json provenance;          // where each of its values came from: {"optimizer.lr": "digits.yaml:7:20", ...}
  std::vector<SourceText> sources;  // config and what it extends, in the order read
  Json environment;                 // facts about machine and libraries: {"cpu": "...", "threads": 1}
  std::vector<DataFile> data;
  std::vector<std::string> command;  // argv
  std::int64_t seed = 0;
  std::vector<std::string> tags;
  Retention retention;
  StoreTimes times;
  /// Called about every second while an attempt of another machine is watched for signs of life, with how
  /// long that still takes at most. May throw to give up.
  std::function<void(const Claim& claim, double seconds_left)> waiting;
};

}  // namespace assay::store
