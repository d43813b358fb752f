#include "runner/store/read_record.h"

#include <fstream>
#include <optional>
#include <utility>

#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/in_child.h"
#include "core/text.h"
#include "runner/store/journal_reader.h"
#include "runner/store/json_at.h"
#include "runner/store/record_file.h"
#include "runner/store/replay.h"
#include "runner/store/run_folder.h"

namespace assay::store {
namespace {

std::string run_path(const std::string& folder) { return join_path(folder, "run.h5"); }

/// What result.json says of the record that the run finished with; nothing of a run that has not.
struct FinalRecord {
  int attempt = 0;
  std::string digest;  // empty if it does not say
};

FinalRecord final_record(const std::string& folder) {
  const auto bytes = find_result(folder);
  if (!bytes) return {};
  const Json result = parse_json(*bytes, join_path(folder, "result.json"));
  const Json* record = result.find("record");
  return {static_cast<int>(integer_at(result, "attempt")), record ? text_at(*record, "digest") : ""};
}

bool has_other_run_file(const std::string& folder) {
  const std::string digest = final_record(folder).digest;
  const auto bytes = digest.empty() ? std::nullopt : find_file(run_path(folder));
  return bytes && block_digest(*bytes) != digest;
}

Error damaged(const std::string& folder, const std::string& what) {
  return {Kind::store, Problem{Where::path(run_path(folder)), {}, what, {}}};
}

void read_all(const h5::Reader& file) {
  record_of(file);
  for (const char* group : {"/", "environment"}) {
    for (const std::string& name : file.attributes(group)) {
      try {
        file.text_attribute(group, name);
      } catch (const Error&) {  // a number
      }
    }
  }
}

/// HDF5 does not survive every file. One that no digest vouches for, as a stranger's, is read by a child
/// first, which may crash; what it got through is read here.
void try_in_child(const std::string& bytes, const std::string& path) {
  constexpr std::uint64_t memory_of_hdf5 = 64U << 20U;
  in_child(path, {.memory_bytes = 2 * bytes.size() + memory_of_hdf5, .answer_bytes = 16, .seconds = 5}, [&] {
    read_all(h5::Reader::over(bytes, path));
    return std::string();
  });
}

/// Puts the run.h5 that a finished run must have in its place again. The folder may be read only.
void try_to_repair(const std::string& folder, const std::string& bytes) {
  try {
    publish(run_path(folder), bytes);
  } catch (const Error&) {  // the caller has the right bytes all the same
  }
}

/// The bytes of a finished run's run.h5, as its digest says.
std::string finished_file(const std::string& folder) {
  const auto [attempt, digest] = final_record(folder);
  auto bytes = find_file(run_path(folder));
  if (bytes && digest.empty()) try_in_child(*bytes, run_path(folder));
  if (bytes && (digest.empty() || block_digest(*bytes) == digest)) return std::move(*bytes);
  if (auto own = find_file(join_path(folder, own_record(attempt))); own && block_digest(*own) == digest) {
    try_to_repair(folder, *own);  // its process was killed before it had its name
    return std::move(*own);
  }
  const std::vector<AttemptJournal> journals = find_journals(folder, attempt);
  if (!journals.empty()) {
    std::string again = run_file(replay(journals));
    if (block_digest(again) == digest) {
      try_to_repair(folder, again);
      return again;
    }
  }
  throw damaged(folder, bytes ? "is not the file that the run finished with: it is damaged" : "is missing");
}

/// A record of what lies there, if the journals do not tell.
std::string published_file(const std::string& folder) {
  auto bytes = find_file(run_path(folder));
  if (!bytes) throw Error(Kind::store, Problem{Where::path(folder), {}, "holds no record yet", {}});
  try_in_child(*bytes, run_path(folder));
  return std::move(*bytes);
}

struct FoundRun {
  std::optional<Record> record;  // from the journals
  std::string file;              // else the bytes of a run.h5
};

FoundRun find(const std::string& folder) {
  const RunStatus status = status_of(folder);
  if (status.state == RunState::finished) return {std::nullopt, finished_file(folder)};
  const std::vector<AttemptJournal> journals = find_journals(folder, status.attempt);
  if (journals.empty()) return {std::nullopt, published_file(folder)};
  Record record = replay(journals);
  const bool goes_on = record.state == RunState::running;
  if (goes_on && status.state != RunState::running) record.state = status.state;
  if (record.message.empty()) record.message = status.message;
  return {std::move(record), {}};
}

/// Block by block: a checkpoint may be larger than memory.
std::string digest_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  BlockDigest digest;
  std::string block(digest_block_bytes, '\0');
  while (file) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    digest.add(std::string_view(block).substr(0, static_cast<std::size_t>(file.gcount())));
  }
  return digest.finish();
}

void check_checkpoints(const std::string& folder, const Record& record, std::vector<Problem>& problems) {
  for (const CheckpointRow& row : record.checkpoints) {
    if (!row.is_kept) continue;
    const std::string path = join_path(folder, row.file);
    const auto add = [&](std::string message, std::string hint) {
      problems.push_back({Where::path(path), {}, std::move(message), std::move(hint)});
    };
    const std::string lost = "what was saved there is lost; the run goes on from the checkpoint before";
    if (!exists(path)) {
      add("is missing", lost);
    } else if (file_size(path) != row.bytes) {
      add(text("has ", file_size(path), " bytes, ", row.bytes, " were written"), lost);
    } else if (digest_of_file(path) != row.digest) {
      add("is damaged: its digest is not the one that was recorded", lost);
    }
  }
}

}  // namespace

Record read_record(const std::string& folder) {
  FoundRun found = find(folder);
  if (found.record) return std::move(*found.record);
  return record_of(h5::Reader::of_bytes(std::move(found.file), run_path(folder)));
}

h5::Reader open_record(const std::string& folder) {
  FoundRun found = find(folder);
  if (found.record) found.file = run_file(*found.record);
  return h5::Reader::of_bytes(std::move(found.file), run_path(folder));
}

std::vector<Problem> check_run(const std::string& folder) {
  std::vector<Problem> problems;
  try {
    if (has_other_run_file(folder)) {
      problems.push_back(damaged(folder, "is not the file that the run finished with").problems().front());
      problems.back().hint = "where there are journals, it has been made again from them";
    }
    const Record record = read_record(folder);
    const int last = latest_attempt(folder);
    for (const std::string& problem : problems_of(find_journals(folder, last), folder, last)) {
      problems.push_back({Where::path(folder), {}, problem, {}});
    }
    check_checkpoints(folder, record, problems);
  } catch (const Error& error) {
    problems.insert(problems.end(), error.problems().begin(), error.problems().end());
  }
  return problems;
}

}  // namespace assay::store
