#include "runner/store/index_file.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "core/error.h"
#include "core/io/crc32c.h"
#include "core/io/files.h"

namespace assay::store {
namespace {

constexpr std::string_view index_magic = "assay.index 1\n";
constexpr std::size_t least_bytes_of_a_run = 100;

class IndexBytes {
 public:
  template <class T>
  void number(T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    out_.append(raw, sizeof raw);
  }
  void text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    out_ += value;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// Thrown and caught within this file: the index is not to be used.
struct DamagedIndex {};

class IndexCursor {
 public:
  explicit IndexCursor(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string text() { return std::string(take(number<std::uint32_t>())); }
  /// How many things follow, each of `bytes_each` at least.
  std::size_t count(std::size_t bytes_each) {
    const auto n = number<std::uint32_t>();
    if (n > bytes_.size() / bytes_each) throw DamagedIndex{};
    return n;
  }
  bool is_at_end() const { return bytes_.empty(); }

 private:
  std::string_view take(std::size_t n) {
    if (n > bytes_.size()) throw DamagedIndex{};
    const std::string_view taken = bytes_.substr(0, n);
    bytes_.remove_prefix(n);
    return taken;
  }

  std::string_view bytes_;
};

void put(IndexBytes& out, const RunSummary& run, TextTable& texts) {
  for (const std::string* word :
       {&run.id, &run.name, &run.dataset, &run.model, &run.optimizer, &run.best_metric, &run.message}) {
    out.text(*word);
  }
  out.number(static_cast<std::int32_t>(run.state));
  out.number(static_cast<std::int32_t>(run.attempt));
  for (const std::int64_t value : {run.start_ns, run.step, run.epoch, run.seed, run.best_step})
    out.number(value);
  out.number(run.seconds);
  out.number(static_cast<std::uint8_t>(run.best_value.has_value()));
  out.number(run.best_value.value_or(0));
  out.number(static_cast<std::uint32_t>(run.tags.size()));
  for (const std::string& tag : run.tags) out.text(tag);
  out.number(static_cast<std::uint32_t>(run.last.size()));
  for (const auto& [metric, value] : run.last) {
    out.number(texts.number_of(metric));
    out.number(value);
  }
}

RunState state_of(std::int32_t number) {
  if (number < 0 || number > static_cast<std::int32_t>(RunState::lost)) throw DamagedIndex{};
  return static_cast<RunState>(number);
}

std::uint32_t text_number(IndexCursor& in, const TextTable& texts) {
  const auto number = in.number<std::uint32_t>();
  if (number >= texts.size()) throw DamagedIndex{};
  return number;
}

RunSummary summary_at(IndexCursor& in, const TextTable& texts) {
  RunSummary run;
  for (std::string* word :
       {&run.id, &run.name, &run.dataset, &run.model, &run.optimizer, &run.best_metric, &run.message}) {
    *word = in.text();
  }
  run.state = state_of(in.number<std::int32_t>());
  run.attempt = in.number<std::int32_t>();
  for (std::int64_t* value : {&run.start_ns, &run.step, &run.epoch, &run.seed, &run.best_step})
    *value = in.number<std::int64_t>();
  run.seconds = in.number<double>();
  const bool has_best = in.number<std::uint8_t>() != 0;
  const auto best = in.number<double>();
  if (has_best) run.best_value = best;
  run.tags.resize(in.count(sizeof(std::uint32_t)));
  for (std::string& tag : run.tags) tag = in.text();
  run.last.resize(in.count(sizeof(std::uint32_t) + sizeof(double)));
  for (auto& [metric, value] : run.last) {
    metric = texts.at(text_number(in, texts));
    value = in.number<double>();
  }
  return run;
}

IndexedRun run_at(IndexCursor& in, const TextTable& texts) {
  IndexedRun run;
  run.place = in.text();
  run.changed_ns = in.number<std::int64_t>();
  run.summary = summary_at(in, texts);
  run.config.resize(in.count(2 * sizeof(std::uint32_t)));
  for (auto& [key, value] : run.config) {
    key = text_number(in, texts);
    value = text_number(in, texts);
  }
  return run;
}

IndexFile parse(std::string_view bytes) {
  IndexCursor in(bytes);
  IndexFile index;
  const std::size_t n_texts = in.count(sizeof(std::uint32_t));
  for (std::size_t i = 0; i < n_texts; ++i) {
    if (index.texts.number_of(in.text()) != i) throw DamagedIndex{};
  }
  index.runs.resize(in.count(least_bytes_of_a_run));
  for (IndexedRun& run : index.runs) run = run_at(in, index.texts);
  if (!in.is_at_end()) throw DamagedIndex{};
  return index;
}

}  // namespace

std::uint32_t TextTable::number_of(std::string_view text) {
  if (const auto known = numbers_.find(text); known != numbers_.end()) return known->second;
  const auto added = numbers_.emplace(std::string(text), size()).first;
  texts_.push_back(&added->first);
  return added->second;
}

std::optional<std::uint32_t> TextTable::find(std::string_view text) const {
  const auto known = numbers_.find(text);
  return known == numbers_.end() ? std::nullopt : std::optional(known->second);
}

std::optional<IndexFile> read_index(const std::string& path) {
  try {
    const auto bytes = find_file(path);
    if (!bytes || !bytes->starts_with(index_magic)) return std::nullopt;
    IndexCursor in(std::string_view(*bytes).substr(index_magic.size()));
    const auto crc = in.number<std::uint32_t>();
    const std::string_view rest = std::string_view(*bytes).substr(index_magic.size() + sizeof crc);
    if (crc32c(rest) != crc) return std::nullopt;
    return parse(rest);
  } catch (const DamagedIndex&) {
    return std::nullopt;
  } catch (const Error&) {  // it cannot be read: runs are read one by one
    return std::nullopt;
  }
}

std::string index_bytes(const IndexFile& index) {
  TextTable used;
  std::vector<std::optional<std::uint32_t>> numbers(index.texts.size());
  const auto number_of = [&](std::uint32_t text) {
    std::optional<std::uint32_t>& number = numbers[text];
    if (!number) number = used.number_of(index.texts.at(text));
    return *number;
  };
  IndexBytes runs;
  const auto is_lasting = [](const IndexedRun& run) { return run.changed_ns != 0; };
  runs.number(static_cast<std::uint32_t>(std::count_if(index.runs.begin(), index.runs.end(), is_lasting)));
  for (const IndexedRun& run : index.runs) {
    if (!is_lasting(run)) continue;
    runs.text(run.place);
    runs.number(run.changed_ns);
    put(runs, run.summary, used);
    runs.number(static_cast<std::uint32_t>(run.config.size()));
    for (const auto& [key, value] : run.config) {
      runs.number(number_of(key));
      runs.number(number_of(value));
    }
  }
  IndexBytes head;
  head.number(used.size());
  for (std::uint32_t i = 0; i < used.size(); ++i) head.text(used.at(i));
  const std::string rest = head.take() + runs.take();
  IndexBytes file;
  file.number(crc32c(rest));
  return std::string(index_magic) + file.take() + rest;
}

}  // namespace assay::store
