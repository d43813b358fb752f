#include "runner/reproduce/verdict.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "core/text.h"
#include "runner/sweep/values.h"

namespace assay::reproduce {
namespace {

using Word = RowVerdict::Word;

/// Numbers by their value; lists and maps item by item.
bool is_same(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) return a.real() == b.real();
  if (a.is_list() && b.is_list()) {
    return std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(),
                      [](const Json& one, const Json& other) { return is_same(one, other); });
  }
  if (!a.is_map() || !b.is_map()) return a == b;
  return a.entries().size() == b.entries().size() &&
         std::all_of(a.entries().begin(), a.entries().end(), [&](const auto& entry) {
           const Json* other = b.find(entry.first);
           return other && is_same(entry.second, *other);
         });
}

/// A component may be written as its name alone.
bool is_same_setting(const Value* value, const Json& wanted) {
  if (value && value->is_map() && wanted.is_text()) value = value->find("type");
  return value && is_same(assay::to_json(*value), wanted);
}

bool has_settings(const TrialResult& trial, const Settings& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& setting) {
    return is_same_setting(trial.find(setting.first), setting.second);
  });
}

/// A metric has the name of its split and a slash; all else are keys.
bool is_metric(const std::string& column) { return column.find('/') != std::string::npos; }

bool is_of(const TrialResult& trial, const Value& published) {
  return std::all_of(published.entries().begin(), published.entries().end(), [&](const Value::Entry& entry) {
    return is_metric(entry.key) || is_same_setting(trial.find(entry.key), assay::to_json(entry.value));
  });
}

/// A distance that has to be kept, or a range.
struct Bound {
  std::string words;
  bool is_kept = false;
};

class RowJudge {
 public:
  RowJudge(const Expected& expected, std::size_t index, const std::vector<TrialResult>& all, Judging judging)
      : expected_(expected), index_(index), row_(expected.rows[index]), all_(all), judging_(judging) {}

  RowVerdict judge() {
    out_.row = &row_;
    out_.published = row_.value;
    choose_trials();
    take_values();
    if (row_.paired_with.is_set()) pair();
    look_at_bounds();
    if (judging_ == Judging::none) {
      out_.misses.clear();
      out_.word = Word::not_judged;
    } else {
      out_.word = out_.misses.empty() ? Word::holds : Word::missed;
    }
    return std::move(out_);
  }

 private:
  void choose_trials() {
    for (const TrialResult& trial : all_) {
      if (has_settings(trial, row_.of)) trials_.push_back(&trial);
    }
    if (!trials_.empty() || judging_ == Judging::none) return;
    std::vector<std::string> wanted;
    for (const auto& [key, value] : row_.of)
      wanted.push_back(text(key, ": ", sweep::one_line(to_value(value, {}))));
    refuse(text(".of fits no trial of run '", printable(row_.run), '\''),
           text("no trial has ", join(wanted, ", ")));
  }

  void take_values() {
    std::vector<std::string> reasons;
    for (const TrialResult* trial : trials_) {
      if (!trial->is_finished) {
        reasons.push_back(text(trial->name, ": ", trial->reason));
        continue;
      }
      values_.push_back(value_of(*trial));
    }
    out_.ours = sweep::summarise(values_, confidence);
    if (reasons.empty()) return;
    out_.misses.push_back(text(reasons.size(), " of ", count_text(std::ssize(trials_), "trial"),
                               " did not finish (", join(reasons, "; "), ')'));
  }

  double value_of(const TrialResult& trial) const {
    if (const auto value = trial.metric(row_.metric)) return *value;
    std::vector<std::string> names;
    for (const auto& [name, value] : trial.metrics) names.push_back(name);
    refuse(text(".metric is ", printable(row_.metric), ", which ", trial.name, " does not have"),
           suggest(row_.metric, names));
  }

  /// Each published trial with its own of ours: what both have in common, as an easy split, cancels out.
  void pair() {
    std::vector<double> differences;
    double published_sum = 0;
    std::int64_t n_published = 0;
    std::int64_t n_missing = 0;
    for (const Value& published : expected_.paired[index_]) {
      const TrialResult* trial = trial_of(published);
      if (!trial) {
        n_missing += could_be_ours(published) ? 1 : 0;
        continue;
      }
      const double value = *parse_real(published.find(row_.metric)->text());
      published_sum += value;
      ++n_published;
      if (trial->is_finished) differences.push_back(value_of(*trial) - value);
    }
    const std::int64_t n_unpaired = std::ssize(trials_) - n_published;
    if (n_missing > 0)
      out_.misses.push_back(text(count_text(n_missing, "published trial"), " of paired_with missing here"));
    if (n_unpaired > 0) out_.misses.push_back(text(count_text(n_unpaired, "trial"), " not in paired_with"));
    if (n_published == 0) return;
    if (!out_.published) out_.published = published_sum / static_cast<double>(n_published);
    out_.difference = sweep::summarise(differences, confidence);
  }

  const TrialResult* trial_of(const Value& published) const {
    const auto found = std::find_if(trials_.begin(), trials_.end(),
                                    [&](const TrialResult* trial) { return is_of(*trial, published); });
    return found == trials_.end() ? nullptr : *found;
  }

  /// It has the settings of this row, as far as it says.
  bool could_be_ours(const Value& published) const {
    return std::all_of(row_.of.begin(), row_.of.end(), [&](const auto& setting) {
      const Value* value = published.find(setting.first);
      return !value || is_same_setting(value, setting.second);
    });
  }

  void look_at_bounds() {
    std::vector<std::string> words;
    for (const Bound& bound : bounds()) {
      words.push_back(bound.words);
      if (!bound.is_kept) out_.misses.push_back(text("not ", bound.words));
    }
    out_.tolerance = join(words, ", ");
  }

  std::vector<Bound> bounds() const {
    const ToleranceSection& tolerance = row_.tolerance;
    std::vector<Bound> out;
    const auto within = [&](double limit, const std::string& words) {
      out.push_back({text("within ", words), distance() <= limit});
    };
    if (tolerance.absolute) within(*tolerance.absolute, short_number(*tolerance.absolute));
    if (tolerance.relative)
      within(tolerance.relative->value * std::abs(out_.published.value_or(nan_)),
             to_string(*tolerance.relative));
    if (tolerance.sds)
      within(*tolerance.sds * *row_.spread.sd, multiple(*tolerance.sds, "sd", *row_.spread.sd));
    if (tolerance.standard_errors) {
      const double error =
          out_.difference ? out_.difference->standard_error : row_.spread.standard_error.value_or(nan_);
      within(*tolerance.standard_errors * error,
             multiple(*tolerance.standard_errors, "standard errors", error));
    }
    if (tolerance.between) {
      const double low = (*tolerance.between)[0], high = (*tolerance.between)[1];
      out.push_back({text("between ", short_number(low), " and ", short_number(high)),
                     out_.ours.mean >= low && out_.ours.mean <= high});
    }
    return out;
  }

  /// `3 sd of 0.0027`
  static std::string multiple(double n, std::string_view what, double of) {
    return text(short_number(n), ' ', what, " of ", short_number(of));
  }

  /// Of our mean from the published one; nan, which no limit bounds, if one of them is unknown.
  double distance() const {
    if (out_.difference) return std::abs(out_.difference->mean);
    return std::abs(out_.ours.mean - out_.published.value_or(nan_));
  }

  [[noreturn]] void refuse(std::string message, std::string hint) const {
    throw Error(Kind::config,
                Problem{expected_.where[index_], {}, text("rows.", index_, message), std::move(hint)});
  }

  static constexpr double nan_ = std::numeric_limits<double>::quiet_NaN();
  const Expected& expected_;
  const std::size_t index_;
  const RowSection& row_;
  const std::vector<TrialResult>& all_;
  const Judging judging_;
  std::vector<const TrialResult*> trials_;
  std::vector<double> values_;
  RowVerdict out_;
};

RowVerdict judge_order(const RowSection& row, const std::vector<RowVerdict>& rows, Judging judging) {
  RowVerdict out;
  out.row = &row;
  out.tolerance = join(row.order, " > ");
  std::vector<double> means;
  for (const std::string& name : row.order) {
    const auto is_it = [&](const RowVerdict& other) { return other.row->name == name; };
    means.push_back(std::find_if(rows.begin(), rows.end(), is_it)->ours.mean);
  }
  for (std::size_t i = 0; i + 1 < means.size(); ++i) {
    if (means[i] > means[i + 1]) continue;
    out.misses.push_back(text(row.order[i], " (", short_number(means[i]), ") is not above ", row.order[i + 1],
                              " (", short_number(means[i + 1]), ')'));
  }
  out.word = out.misses.empty() ? Word::holds : Word::missed;
  if (judging == Judging::none) {
    out.misses.clear();
    out.word = Word::not_judged;
  }
  return out;
}

}  // namespace

std::int64_t Verdict::n_held() const {
  return std::count_if(rows.begin(), rows.end(),
                       [](const RowVerdict& row) { return row.word == Word::holds; });
}

std::string short_number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.4g", value);
  return buffer;
}

std::string_view to_string(RowVerdict::Word word) {
  switch (word) {
    case Word::holds:
      return "holds";
    case Word::missed:
      return "missed";
    case Word::not_judged:
      return "not judged";
  }
  return {};
}

Verdict judge(const Expected& expected, const std::map<std::string, std::vector<TrialResult>>& results,
              Judging judging) {
  std::vector<RowVerdict> rows(expected.rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RowSection& row = expected.rows[i];
    rows[i].row = &row;
    if (!row.is_order()) rows[i] = RowJudge(expected, i, results.at(row.run), judging).judge();
  }
  for (RowVerdict& row : rows) {
    if (row.row->is_order()) row = judge_order(*row.row, rows, judging);
  }
  return {std::move(rows)};
}

}  // namespace assay::reproduce
