// How fast the training thread logs: the time of a call with one number, with the journal's and the keeper's
// threads at work, and the points a second in rows of twenty.
//
//   cmake --build build --target bench_log_rate && build/bench_log_rate [FOLDER]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "core/io/files.h"
#include "core/text.h"
#include "runner/store/record_writer.h"

namespace {

using assay::Scalar;
using Time = std::chrono::steady_clock;

double us_since(Time::time_point begun) {
  return std::chrono::duration<double, std::micro>(Time::now() - begun).count();
}

assay::store::BeginRun a_run(const std::string& folder, const std::string& name) {
  assay::store::BeginRun begin;
  begin.runs_dir = folder;
  begin.name = name;
  begin.id = "0000000000";
  begin.resolved = assay::Json::map();
  begin.provenance = assay::Json::map();
  begin.environment = assay::Json::map();
  return begin;
}

void print(const char* what, std::vector<double> call_us, std::size_t points_a_call) {
  double total_us = 0;
  for (const double us : call_us) total_us += us;
  std::sort(call_us.begin(), call_us.end());
  const auto at = [&](double share) {
    return call_us[static_cast<std::size_t>(share * static_cast<double>(call_us.size() - 1))];
  };
  const double calls = static_cast<double>(call_us.size());
  std::printf("%-16s %9.0f calls  mean %.2f us  median %.2f  99%% %.2f  most %.0f  %.2f M points/s\n", what,
              calls, total_us / calls, at(0.5), at(0.99), at(1),
              calls * static_cast<double>(points_a_call) / total_us);
}

void measure(const std::string& folder, const char* name, std::size_t points_a_call, std::size_t n_calls) {
  std::vector<Scalar> row;
  for (std::size_t i = 0; i < points_a_call; ++i) row.push_back({assay::text("train/metric", i), 0});
  const auto record = assay::store::RecordWriter::begin(a_run(folder, name));
  std::vector<double> call_us(n_calls);
  for (std::size_t i = 0; i < n_calls; ++i) {
    for (Scalar& scalar : row) scalar.value = static_cast<double>(i);
    const Time::time_point begun = Time::now();
    record->log(static_cast<std::int64_t>(i), 0, row);
    call_us[i] = us_since(begun);
  }
  print(name, std::move(call_us), points_a_call);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = assay::join_path(argc > 1 ? argv[1] : "/tmp", "assay_log_rate");
  assay::remove_tree(folder);
  measure(folder, "one_number", 1, 300'000);
  measure(folder, "rows_of_twenty", 20, 200'000);
  assay::remove_tree(folder);
}
