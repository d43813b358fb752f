// What `space`, `zip`, `list`, `zip_file`, `forbid` and `enqueue` of a sweep say: the parameters that
// samplers see, and the way back from a point to values in the config.
//
//   const SearchSpace space = read_search_space(config, problems);
//   std::vector<Override> trial = space.overrides(point);       // for Composition::bind
//
// Every value keeps the place where the sweep's section wrote it, so that what a trial finds wrong points
// there.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/value.h"
#include "registry/contracts/space.h"
#include "runner/config/overrides.h"

namespace assay::sweep {

/// One thing that is drawn at the top: a key with a range or choices, or rows that set several keys together.
struct Entry {
  std::string name;  // the key; of rows, their keys
  Where where;
  std::size_t parameter = 0;    // of Space::parameters
  const Value* node = nullptr;  // as written, {choice: [...]}; null for rows
  std::vector<std::string> keys;
  std::vector<std::vector<const Value*>> rows;  // a value for each of `keys`; empty if it is no rows
};

/// Constant once it is read. Owns what it points into.
class SearchSpace {
 public:
  const Space& space() const { return space_; }
  const std::vector<Entry>& entries() const { return entries_; }
  bool is_empty() const { return entries_.empty(); }

  /// The values of a point, keys that lie above others first. Expressions in them are the trial's to
  /// evaluate.
  std::vector<Override> overrides(const Point& point) const;
  /// `model.hidden=[64] optimizer.lr=3e-4`: for lists of trials.
  std::string label(const Point& point) const;
  /// One value of a parameter, as `[64]` or `3e-4`.
  std::string value_label(std::size_t parameter, double value) const;
  /// The points of `enqueue`, in their order.
  const std::vector<Point>& enqueued() const { return enqueued_; }
  /// Where a parameter is written.
  const Where& where(std::size_t parameter) const { return places_[parameter]; }
  /// A point in which the parameter has the value; others have their first.
  Point point_with(std::size_t parameter, double value) const;

 private:
  friend class SpaceReader;
  Value made(const Value& node, const Point& point) const;

  std::shared_ptr<const std::vector<Value>> sources_;  // what entries and nodes point into
  Space space_;
  std::vector<Where> places_;
  std::vector<Entry> entries_;
  std::map<const Value*, std::size_t> nodes_;  // {choice: ...} and the like, to their parameter
  std::vector<Point> enqueued_;
};

/// Reads a bound config's `sweep:` section (LoadedConfig::composed). file_rows: what `zip_file` holds, a map
/// of keys with values for each row. Problems are added; the result is good only if none of them is an error.
SearchSpace read_search_space(const Value& config, std::vector<Value> file_rows,
                              std::vector<Problem>& problems);

/// The finite space of `sweep.per`; empty if there is none.
SearchSpace read_groups(const Value& config, std::vector<Problem>& problems);

}  // namespace assay::sweep
