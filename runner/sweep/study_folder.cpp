#include "runner/sweep/study_folder.h"

#include <cstdio>

#include "core/io/files.h"
#include "core/io/loose_files.h"
#include "core/text.h"

namespace assay::sweep {
namespace {

constexpr std::int64_t trials_per_folder = 100;

std::string padded(std::int64_t number, int digits) {
  char buffer[24];
  std::snprintf(buffer, sizeof buffer, "%0*lld", digits, static_cast<long long>(number));
  return buffer;
}

}  // namespace

std::string to_string(Trial trial) {
  return is_refit(trial) ? text("refit of group ", group_of_refit(trial)) : text("trial ", trial);
}

std::string StudyFolder::trial(Trial trial) const {
  if (is_refit(trial)) return text(path_, "/refit/", padded(group_of_refit(trial), 4));
  return text(path_, "/t/", padded(trial / trials_per_folder, 2), '/', padded(trial, 4));
}

std::string StudyFolder::spec(int revision) const {
  return revision == 1 ? path_ + "/spec.json" : text(path_, "/spec.", revision, ".json");
}

bool StudyFolder::is_stopping() const { return exists(path_ + "/stop"); }

void StudyFolder::ask_to_stop() const { put_loose(path_ + "/stop", ""); }

void StudyFolder::take_back_stop() const { remove_file(path_ + "/stop"); }

}  // namespace assay::sweep
