// A plugin with a data set whose batches take a while to read: trials that last as long as a test needs them
// to, and leave the processors alone.
#include <chrono>
#include <cstring>
#include <thread>

#include "registry/contracts/dataset.h"
#include "registry/interface_id.h"
#define ASSAY_PLUGIN_BUILD ASSAY_INTERFACE_ID
#include "registry/plugin.h"

using namespace assay;

namespace {

constexpr std::int64_t n_rows = 1000;

struct SlowRowsParams {
  double seconds = 0.01;

  static void describe(Fields<SlowRowsParams>& f) {
    f.about("x [1] f32: the row's number over 1000; class 1 for odd rows.");
    f("seconds", &SlowRowsParams::seconds, "how long it takes to read a batch", unit("s"), non_negative);
  }
  DatasetOutline outline() const {
    return {Task::Kind::classification,
            Json(Json::Map{{"type", "fractions"}, {"train", "80%"}, {"valid", "10%"}, {"test", "10%"}})};
  }
};

class SlowRows final : public Dataset {
 public:
  using Params = SlowRowsParams;

  SlowRows(const Params& params, const Needs& /*needs*/) : params_(params), classes_(Dtype::i64, {n_rows}) {
    for (std::int64_t row = 0; row < n_rows; ++row) classes_.as<std::int64_t>()[row] = row % 2;
    facts_.rows = n_rows;
    facts_.columns = {{"x", Dtype::f32, {1}}, {"y", Dtype::i64, {}}};
    facts_.task = Task{Task::Kind::classification, 2, {}};
  }

  const DatasetFacts& facts() const override { return facts_; }
  std::optional<ArrayView> column(std::size_t index) const override {
    if (index == 0) return std::nullopt;
    return classes_.view();
  }
  void gather(std::size_t index, std::span<const std::int64_t> rows, std::byte* out) const override {
    if (index > 0) return Dataset::gather(index, rows, out);
    std::this_thread::sleep_for(std::chrono::duration<double>(params_.seconds));
    for (const std::int64_t row : rows) {
      const float x = static_cast<float>(row) / static_cast<float>(n_rows);
      std::memcpy(out, &x, sizeof x);
      out += sizeof x;
    }
  }

 private:
  Params params_;
  Array classes_;
  DatasetFacts facts_;
};

}  // namespace

ASSAY_DECLARE(slow, "1.0.0", r) { r.declare<SlowRowsParams>(family::dataset, "rows"); }
ASSAY_IMPLEMENT(slow, b) { b.add<SlowRows>("rows"); }
