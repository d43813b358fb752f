// What conditions, columns and sorting of runs may name, and what a run has there.
//
//   RunFields fields(index);
//   fields.get("optimizer.lr", 0)            // of the config
//   fields.get("valid/accuracy", 0)          // the last value of a metric; also `metrics.valid/accuracy`
//   fields.get("state", 0), fields.get("time", 0)      // of the run itself
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"
#include "runner/store/run_index.h"

namespace assay::report {

/// Facts about a run itself, each with what it means. They win over keys of the config of the same name.
std::vector<std::pair<std::string_view, std::string_view>> run_facts();

class RunFields {
 public:
  /// The index must outlive this.
  explicit RunFields(const store::RunIndex& index) : index_(index) {}

  /// Of run i; null where it has no such thing, or nothing was set there. The name of a component, as
  /// `model`, gives its type.
  Json get(std::string_view field, std::size_t i) const;
  /// Whether any run could have it.
  bool is_known(std::string_view field) const;
  /// All that is known: facts, metrics, keys.
  std::vector<std::string> names() const;
  /// "did you mean ...?", or where the names are listed.
  std::string hint(std::string_view field) const;
  std::size_t size() const { return index_.size(); }
  /// `digits-mlp/3f2a91c0de`
  std::string title(std::size_t i) const;

 private:
  const store::RunIndex& index_;
};

}  // namespace assay::report
