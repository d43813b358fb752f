#include "runner/store/exact_diff.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/text.h"
#include "runner/store/checkpoint_file.h"
#include "runner/store/read_record.h"
#include "runner/store/record_file.h"

namespace assay::store {
namespace {

constexpr double incomparable = std::numeric_limits<double>::infinity();
constexpr const char* nothing = "nothing";

bool is_same_number(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// Infinite if one of them is no finite number.
double distance(double a, double b) {
  const double apart = std::abs(a - b);
  return std::isnan(apart) ? incomparable : apart;
}

/// Of two bit patterns that print alike (two NaN, for one) the bits.
std::pair<std::string, std::string> words_of(double a, double b) {
  std::pair<std::string, std::string> words{number_text(a), number_text(b)};
  if (words.first == words.second) {
    words.first += text(" (bits ", std::bit_cast<std::uint64_t>(a), ')');
    words.second += text(" (bits ", std::bit_cast<std::uint64_t>(b), ')');
  }
  return words;
}

/// "[3, 5]" of an element; nothing for a single number.
std::string place_text(std::int64_t index, const std::vector<std::int64_t>& shape) {
  if (shape.empty()) return {};
  std::vector<std::int64_t> place(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    place[axis] = index % shape[axis];
    index /= shape[axis];
  }
  return shape_text(place);
}

RecordDifference difference_of(std::string where, std::optional<std::int64_t> step, std::string a,
                               std::string b) {
  return {std::move(where), step, std::move(a), std::move(b), {}, incomparable};
}

std::string describe(const ArrayView& view) {
  return text(to_string(view.dtype), ' ', shape_text(view.shape));
}

// ---- Configs.

std::string shortened(const std::string& value) {
  return value.size() <= 60 ? value : value.substr(0, 57) + "...";
}

/// From a little before the first character that differs.
std::pair<std::string, std::string> around_difference(const std::string& a, const std::string& b) {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto at = static_cast<std::size_t>(in_a - a.begin());
  const std::size_t from = at < 20 ? 0 : at - 20;
  return {shortened(a.substr(from)), shortened(b.substr(from))};
}

std::set<std::string> datasets_of_both(const h5::Reader& a, const h5::Reader& b, const std::string& group) {
  std::set<std::string> paths;
  for (const h5::Reader* record : {&a, &b}) {
    if (!record->has(group)) continue;
    for (std::string& path : record->datasets(group)) paths.insert(std::move(path));
  }
  return paths;
}

void compare_configs(const h5::Reader& a, const h5::Reader& b, std::vector<RecordDifference>& out) {
  for (const std::string& path : datasets_of_both(a, b, "config")) {
    const std::string in_a = a.has(path) ? join(a.texts(path), "\n") : std::string();
    const std::string in_b = b.has(path) ? join(b.texts(path), "\n") : std::string();
    if (in_a == in_b && a.has(path) == b.has(path)) continue;
    auto [words_a, words_b] = around_difference(in_a, in_b);
    out.push_back(
        difference_of(path, std::nullopt, a.has(path) ? words_a : nothing, b.has(path) ? words_b : nothing));
  }
}

// ---- Metrics.

std::int64_t count_of(const Series& rows) { return static_cast<std::int64_t>(rows.value.size()); }

bool is_same_row(const Series& a, const Series& b, std::size_t i) {
  return a.step[i] == b.step[i] && a.epoch[i] == b.epoch[i] && is_same_number(a.value[i], b.value[i]);
}

std::string row_text(const Series& rows, std::size_t i, bool with_step) {
  if (i >= rows.value.size()) return nothing;
  const std::string value = number_text(rows.value[i]);
  return with_step ? text(value, " at step ", rows.step[i], " in epoch ", rows.epoch[i]) : value;
}

/// How far apart two series are: at which row first, in how many, by how much at most.
struct SeriesDistance {
  std::size_t first = 0;
  std::int64_t count = 0;
  double largest = 0;
};

SeriesDistance distance_of(const Series& a, const Series& b) {
  const std::size_t both = std::min(a.value.size(), b.value.size());
  SeriesDistance out{.first = both};
  for (std::size_t i = both; i-- > 0;) {
    if (is_same_row(a, b, i)) continue;
    out.first = i;
    ++out.count;
    const bool is_same_place = a.step[i] == b.step[i] && a.epoch[i] == b.epoch[i];
    out.largest = std::max(out.largest, is_same_place ? distance(a.value[i], b.value[i]) : incomparable);
  }
  if (a.value.size() != b.value.size()) out.largest = incomparable;
  return out;
}

std::optional<RecordDifference> series_difference(const std::string& series, const Series& a,
                                                  const Series& b) {
  const SeriesDistance apart = distance_of(a, b);
  const std::size_t first = apart.first;
  const bool is_in_a = first < a.value.size(), is_in_b = first < b.value.size();
  if (!is_in_a && !is_in_b) return std::nullopt;
  const bool is_in_both = is_in_a && is_in_b;
  const bool is_same_place = is_in_both && a.step[first] == b.step[first] && a.epoch[first] == b.epoch[first];
  RecordDifference out{series, is_in_a ? a.step[first] : b.step[first], {}, {}, {}, apart.largest};
  if (is_in_both) out.step = std::min(a.step[first], b.step[first]);
  if (is_same_place) {
    std::tie(out.a, out.b) = words_of(a.value[first], b.value[first]);
  } else {
    out.a = row_text(a, first, /*with_step=*/true);
    out.b = row_text(b, first, /*with_step=*/true);
  }
  out.note = count_of(a) == count_of(b) ? text(apart.count, " of ", count_text(count_of(a), "row"),
                                               " differ, by at most ", apart.largest)
                                        : text(count_of(a), " and ", count_text(count_of(b), "row"));
  return out;
}

void compare_metrics(const SeriesMap& a, const SeriesMap& b, ExactComparison& out) {
  std::set<SeriesKey> keys;
  for (const SeriesMap* map : {&a, &b}) {
    for (const auto& [key, series] : *map) keys.insert(key);
  }
  const auto find = [](const SeriesMap& map, const SeriesKey& key) {
    const auto found = map.find(key);
    return found == map.end() ? Series{} : found->second;
  };
  for (const SeriesKey& key : keys) {
    const Series in_a = find(a, key), in_b = find(b, key);
    ++out.series;
    out.rows += count_of(in_a);
    auto found = series_difference(text("metrics/", key.first, '/', key.second), in_a, in_b);
    if (found) out.differences.push_back(std::move(*found));
  }
}

// ---- Arrays that were logged.

std::string place_of(const LoggedArray* array) {
  return array == nullptr ? nothing : text(describe(array->values), " of step ", array->step);
}

std::optional<RecordDifference> array_difference(const SeriesKey& key, const LoggedArray* a,
                                                 const LoggedArray* b) {
  const std::string where = text("arrays/", key.first, '/', key.second);
  if (a != nullptr && b != nullptr && a->step == b->step)
    return compare_arrays(where, a->values, b->values, a->step);
  const std::int64_t step = a == nullptr ? b->step : b == nullptr ? a->step : std::min(a->step, b->step);
  return difference_of(where, step, place_of(a), place_of(b));
}

void compare_named(const ArrayMap& a, const ArrayMap& b, ExactComparison& out) {
  std::set<SeriesKey> keys;
  for (const ArrayMap* map : {&a, &b}) {
    for (const auto& [key, array] : *map) keys.insert(key);
  }
  const auto find = [](const ArrayMap& map, const SeriesKey& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
  };
  for (const SeriesKey& key : keys) {
    auto found = array_difference(key, find(a, key), find(b, key));
    if (found) out.differences.push_back(std::move(*found));
  }
  out.arrays += static_cast<std::int64_t>(a.size());
}

// ---- Checkpoints.

/// A record and where it lies.
struct Placed {
  const std::string& folder;
  const Record& record;
};

State read(const Placed& run, const CheckpointRow& row) {
  return read_checkpoint(join_path(run.folder, row.file), row.digest);
}

std::string step_text(const CheckpointRow* row) {
  return row == nullptr ? nothing : text("step ", row->step);
}

void compare_checkpoints(const std::string& kind, const Placed& a, const Placed& b, ExactComparison& out) {
  const CheckpointRow* in_a = a.record.latest(kind);
  const CheckpointRow* in_b = b.record.latest(kind);
  if (in_a == nullptr && in_b == nullptr) return;
  if (in_a == nullptr || in_b == nullptr || in_a->step != in_b->step) {
    const std::int64_t step = in_a == nullptr   ? in_b->step
                              : in_b == nullptr ? in_a->step
                                                : std::min(in_a->step, in_b->step);
    out.differences.push_back(difference_of("checkpoints/" + kind, step, step_text(in_a), step_text(in_b)));
    return;
  }
  const State state_a = read(a, *in_a), state_b = read(b, *in_b);
  ++out.checkpoints;
  out.arrays += static_cast<std::int64_t>(state_a.size());
  for (RecordDifference& one : compare_states(state_a, state_b, in_a->step)) {
    one.where = text("checkpoints/", kind, '/', one.where);
    out.differences.push_back(std::move(one));
  }
}

}  // namespace

bool ExactComparison::is_within(double tolerance) const {
  return std::all_of(differences.begin(), differences.end(),
                     [&](const RecordDifference& one) { return one.largest <= tolerance; });
}

std::optional<RecordDifference> compare_arrays(const std::string& name, const ArrayView& a,
                                               const ArrayView& b, std::int64_t step) {
  if (a.dtype != b.dtype || a.shape != b.shape) return difference_of(name, step, describe(a), describe(b));
  if (a.bytes() == 0 || std::memcmp(a.data, b.data, a.bytes()) == 0) return std::nullopt;
  const std::size_t width = size_of(a.dtype);
  std::int64_t first = -1, count = 0;
  double largest = 0;
  for (std::int64_t i = 0; i < a.count(); ++i) {
    const std::size_t at = static_cast<std::size_t>(i) * width;
    if (std::memcmp(a.data + at, b.data + at, width) == 0) continue;
    if (first < 0) first = i;
    ++count;
    largest = std::max(largest, distance(element(a, i), element(b, i)));
  }
  auto [in_a, in_b] = words_of(element(a, first), element(b, first));
  return RecordDifference{name + place_text(first, a.shape),
                          step,
                          std::move(in_a),
                          std::move(in_b),
                          text(count, " of ", a.count(), " numbers differ, by at most ", largest),
                          largest};
}

std::vector<RecordDifference> compare_states(const State& a, const State& b, std::int64_t step) {
  std::vector<RecordDifference> out;
  std::map<std::string_view, const ArrayView*> left;
  for (const StateEntry& entry : b) left[entry.name] = &entry.view;
  for (const StateEntry& entry : a) {
    const auto found = left.find(entry.name);
    if (found == left.end()) {
      out.push_back(difference_of(entry.name, step, describe(entry.view), nothing));
      continue;
    }
    if (auto differs = compare_arrays(entry.name, entry.view, *found->second, step))
      out.push_back(std::move(*differs));
    left.erase(found);
  }
  for (const auto& [name, view] : left)
    out.push_back(difference_of(std::string(name), step, nothing, describe(*view)));
  return out;
}

ExactComparison compare_exactly(const std::string& folder_a, const std::string& folder_b) {
  const h5::Reader file_a = open_record(folder_a), file_b = open_record(folder_b);
  const Record a = record_of(file_a), b = record_of(file_b);
  ExactComparison out;
  compare_configs(file_a, file_b, out.differences);
  compare_metrics(a.series, b.series, out);
  compare_named(a.arrays, b.arrays, out);
  // Of runs that are over, the newest checkpoint is the final one.
  const bool is_over = a.latest("final") != nullptr && b.latest("final") != nullptr;
  for (const std::string kind : {is_over ? "final" : "last", "best"}) {
    compare_checkpoints(kind, {folder_a, a}, {folder_b, b}, out);
  }
  std::stable_sort(out.differences.begin(), out.differences.end(),
                   [](const auto& x, const auto& y) { return x.step.value_or(-1) < y.step.value_or(-1); });
  return out;
}

}  // namespace assay::store
