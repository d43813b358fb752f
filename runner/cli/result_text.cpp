#include "runner/cli/result_text.h"

#include <algorithm>

#include "core/clock.h"
#include "core/text.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/progress.h"
#include "runner/cli/run_text.h"

namespace assay::cli {
namespace {

void add_split(const store::RunSummary& run, std::string_view split, Facts& facts) {
  for (const auto& [name, value] : run.last) {
    if (name.rfind(split, 0) == 0) facts.emplace_back(name, metric_text(value));
  }
}

}  // namespace

std::string result_text(const store::RunSummary& run, const Output& out) {
  Facts facts;
  add_split(run, "test/", facts);
  if (facts.empty()) add_split(run, "valid/", facts);
  if (facts.empty()) add_split(run, "train/loss", facts);
  if (run.best_value) {
    facts.emplace_back("best " + run.best_metric,
                       text(metric_text(*run.best_value), " at step ", run.best_step));
  }
  facts.emplace_back("time", text(duration_text(run.seconds), " for ", count_text(run.step, "step")));
  facts.emplace_back("record", run.folder);
  return text(out.paint(style_of(run.state), to_string(run.state)), "  ", run_name(run), '\n',
              facts_text(facts, out));
}

}  // namespace assay::cli
