#include "runner/store/replay.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/journal_text.h"
#include "runner/store/json_at.h"

namespace assay::store {
namespace {

constexpr std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();

Origin origin_of(const AttemptJournal& journal) {
  JournalScan scan(journal.bytes);
  while (const auto item = scan.next()) {
    if (item->kind == JournalKind::begin)
      return attempt_begin_of(parse_json(std::string(item->payload), "journal")).origin;
  }
  return {};
}

const AttemptJournal* find(const std::vector<AttemptJournal>& journals, int attempt) {
  const auto found = std::find_if(journals.begin(), journals.end(),
                                  [&](const AttemptJournal& journal) { return journal.attempt == attempt; });
  return found == journals.end() ? nullptr : &*found;
}

/// What is behind the first `kept` of `from` goes to the end of `to`.
template <class T>
void move_tail(std::vector<T>& from, std::size_t kept, std::vector<T>& to) {
  to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(kept), from.end());
  from.resize(kept);
}

double seconds_between(std::int64_t start_ns, std::int64_t end_ns) {
  return static_cast<double>(std::max<std::int64_t>(end_ns - start_ns, 0)) * 1e-9;
}

}  // namespace

Chain chain_of(const std::vector<AttemptJournal>& journals, int last, const Origin& origin) {
  Chain chain{{last, everything}};
  int attempt = last;
  // Each goes on from an earlier one; what says otherwise is not followed.
  for (Origin from = origin; from.attempt > 0 && from.attempt < attempt;) {
    const AttemptJournal* journal = find(journals, from.attempt);
    if (!journal) break;
    attempt = from.attempt;
    chain[attempt] = from.at;
    from = origin_of(*journal);
  }
  return chain;
}

Chain chain_of(const std::vector<AttemptJournal>& journals) {
  if (journals.empty()) return {};
  return chain_of(journals, journals.back().attempt, origin_of(journals.back()));
}

void Replay::start(int attempt) {
  if (attempt == attempt_) return;
  attempt_ = attempt;
  taken_ = 0;
  names_.clear();
  counting_.clear();
  superseded_.clear();
}

void Replay::apply_begin(int attempt, AttemptBegin begin, std::int64_t wall_ns, std::size_t bytes) {
  start(attempt);
  this->begin(std::move(begin), wall_ns);
  taken_ += bytes;
}

void Replay::apply(int attempt, std::string_view bytes) {
  start(attempt);
  JournalScan scan(bytes);
  while (auto item = scan.next()) {
    item->at += taken_;
    apply(*item);
  }
  taken_ += bytes.size();
}

bool Replay::counts(std::uint64_t at) const {
  const auto found = chain_.find(attempt_);
  return found != chain_.end() && at < found->second;
}

void Replay::apply(const JournalItem& item) {
  if (item.kind == JournalKind::row) {
    apply_row(item);
  } else if (is_text(item.kind)) {
    try {
      apply_text(item, parse_json(std::string(item.payload), "journal"));
    } catch (const Error&) {
      record_.problems.push_back(
          text("a.", attempt_, ": the text of the journal at ", item.at, " cannot be understood"));
      return;
    }
  }
  if (record_.attempts.empty() || !counts(item.at)) return;
  AttemptRow& attempt = record_.attempts.back();
  if (attempt.state != RunState::running) return;
  attempt.seconds = seconds_between(attempt.start_ns, item.wall_ns);
  record_.seconds = attempt.origin.seconds + attempt.seconds;
}

void Replay::apply_row(const JournalItem& item) {
  const bool does_count = counts(item.at);
  for (std::size_t i = 0; i < item.n_points(); ++i) {
    const JournalPoint point = item.point(i);
    Series* series = this->series(point.series, does_count);
    if (!series) continue;  // its name was lost
    series->step.push_back(item.row.step);
    series->epoch.push_back(item.row.epoch);
    series->wall_ns.push_back(item.row.wall_ns);
    series->value.push_back(point.value);
  }
  if (does_count) advance(item.row.step, item.row.epoch);
}

/// Where the rows of a series of this attempt go; null if the journal does not say what it is called.
Series* Replay::series(std::size_t number, bool counts) {
  std::vector<Series*>& places = counts ? counting_ : superseded_;
  if (places.size() <= number) places.resize(number + 1);
  if (places[number]) return places[number];
  if (number >= names_.size() || names_[number].empty()) return nullptr;
  SeriesMap& map = counts ? record_.series : record_.superseded[attempt_];
  const auto [entry, is_new] = map.try_emplace(series_key(names_[number]));
  if (is_new) {
    entry->second.name = names_[number];
    entry->second.order = map.size() - 1;
  }
  return places[number] = &entry->second;
}

void Replay::advance(std::int64_t step, std::int64_t epoch) {
  record_.step = std::max(record_.step, step);
  record_.epoch = std::max(record_.epoch, epoch);
}

void Replay::apply_text(const JournalItem& item, const Json& json) {
  switch (item.kind) {
    case JournalKind::begin:
      return begin(attempt_begin_of(json), item.wall_ns);
    case JournalKind::series: {
      const auto number = static_cast<std::size_t>(integer_at(json, "index"));
      if (number >= largest_series_count) return;
      if (names_.size() <= number) names_.resize(number + 1);
      names_[number] = text_at(json, "name");
      return;
    }
    case JournalKind::event:
      record_.events.push_back(event_of(json));
      record_.events.back().wall_ns = item.wall_ns;
      record_.events.back().attempt = attempt_;
      if (record_.events.back().kind == "rolled_back" && counts(item.at)) {
        roll_back(record_.events.back().step);
      }
      return;
    case JournalKind::note:
      if (const Json* value = json.find("value")) {
        record_.begin.environment.set(text_at(json, "key"), *value);
        if (!record_.attempts.empty()) record_.attempts.back().environment = record_.begin.environment;
      }
      return;
    case JournalKind::array:
      return keep(array_of(json), counts(item.at));
    case JournalKind::commit:
      return commit(checkpoint_of(json));
    case JournalKind::drop:
      for (CheckpointRow& row : record_.checkpoints) {
        if (row.file == text_at(json, "file")) row.is_kept = false;
      }
      return;
    case JournalKind::end:
      return end(json);
    default:
      return;
  }
}

/// What the run did behind this step is done again: superseded, but for the best weights, which stay.
void Replay::roll_back(std::int64_t to_step) {
  for (auto& [key, series] : record_.series) {
    const auto first = std::find_if(series.step.begin(), series.step.end(),
                                    [=](std::int64_t step) { return step > to_step; });
    const auto kept = static_cast<std::size_t>(first - series.step.begin());
    if (kept == series.step.size()) continue;
    SeriesMap& map = record_.superseded[attempt_];
    const auto [entry, is_new] = map.try_emplace(key);
    if (is_new) {
      entry->second.name = series.name;
      entry->second.order = map.size() - 1;
    }
    move_tail(series.step, kept, entry->second.step);
    move_tail(series.epoch, kept, entry->second.epoch);
    move_tail(series.wall_ns, kept, entry->second.wall_ns);
    move_tail(series.value, kept, entry->second.value);
  }
  std::erase_if(record_.series, [](const auto& entry) { return entry.second.value.empty(); });
  counting_.clear();  // it points to series
  for (auto entry = record_.arrays.begin(); entry != record_.arrays.end();) {
    if (entry->second.step <= to_step) {
      ++entry;
      continue;
    }
    record_.superseded_arrays[attempt_].insert_or_assign(entry->first, std::move(entry->second));
    entry = record_.arrays.erase(entry);
  }
  for (CheckpointRow& row : record_.checkpoints) {
    if (row.step > to_step && !row.is_best) row.is_superseded = true;
  }
  record_.step = to_step;
}

void Replay::begin(AttemptBegin begin, std::int64_t wall_ns) {
  if (!record_.attempts.empty() && record_.attempts.back().state == RunState::running) {
    record_.attempts.back().state = RunState::lost;
  }
  record_.attempts.push_back(
      {attempt_, wall_ns, 0, RunState::running, {}, begin.origin, begin.run.command, begin.run.environment});
  record_.begin = std::move(begin.run);
  record_.assay_version = begin.assay_version;
  record_.id = begin.id;
  record_.attempt = attempt_;
  if (record_.start_ns == 0) record_.start_ns = wall_ns;
  record_.seconds = begin.origin.seconds;
  record_.state = RunState::running;
  record_.message.clear();
  record_.outcome.clear();
  record_.step = begin.origin.step;
  record_.epoch = 0;
  for (const CheckpointRow& row : record_.checkpoints) {
    if (row.file == begin.origin.file) record_.epoch = row.epoch;
  }
}

void Replay::keep(LoggedArray array, bool counts) {
  ArrayMap& map = counts ? record_.arrays : record_.superseded_arrays[attempt_];
  SeriesKey key = series_key(array.name);
  map.insert_or_assign(std::move(key), std::move(array));
}

/// A second commit of a file says what else the same state is.
void Replay::commit(CheckpointRow row) {
  for (CheckpointRow& known : record_.checkpoints) {
    if (known.file != row.file) continue;
    known.is_final = known.is_final || row.is_final;
    if (!row.is_best) return;
    known.is_best = true;
    known.metric = row.metric;
    known.best_file = row.best_file;
    return;
  }
  row.attempt = attempt_;
  // The state that the next attempt went on with was taken exactly where the chain leaves this one.
  const auto found = chain_.find(attempt_);
  row.is_superseded = found == chain_.end() || row.at > found->second;
  if (!row.is_superseded) advance(row.step, row.epoch);
  record_.checkpoints.push_back(std::move(row));
}

void Replay::end(const Json& json) {
  const Outcome outcome = outcome_of(json);
  record_.state = state_after(outcome.status);
  record_.message = outcome.message;
  record_.step = outcome.step;
  record_.epoch = outcome.epoch;
  record_.seconds = outcome.seconds;
  record_.outcome = outcome.metrics;
  if (record_.attempts.empty()) return;
  record_.attempts.back().state = record_.state;
  record_.attempts.back().message = record_.message;
}

void apply_all(const std::vector<AttemptJournal>& journals, Replay& replay) {
  std::map<int, std::uint64_t> seen;
  for (const AttemptJournal& journal : journals) {
    for (const auto& [attempt, bytes] : origin_of(journal).seen) {
      const auto known = seen.try_emplace(attempt, bytes).first;
      known->second = std::min(known->second, bytes);
    }
  }
  for (const AttemptJournal& journal : journals) {
    const auto limit = seen.find(journal.attempt);
    replay.apply(journal.attempt,
                 std::string_view(journal.bytes).substr(0, limit == seen.end() ? everything : limit->second));
  }
}

Record replay(const std::vector<AttemptJournal>& journals) {
  Replay replay(chain_of(journals));
  apply_all(journals, replay);
  Record record = std::move(replay.record());
  for (const AttemptJournal& journal : journals) {
    record.problems.insert(record.problems.end(), journal.problems.begin(), journal.problems.end());
  }
  return record;
}

}  // namespace assay::store
