// A plugin of one schedule, and versions of it in which one thing is wrong: PROBE says which.
#include <stdexcept>

#include "registry/contracts/schedule.h"
#include "registry/interface_id.h"
#define ASSAY_PLUGIN_BUILD ASSAY_INTERFACE_ID
#include "registry/plugin.h"

#define PROBE_GOOD 0
#define PROBE_THROWS_WHEN_DECLARED 1
#define PROBE_DECLARES_TWICE 2
#define PROBE_THROWS_WHEN_OPENED 3
#define PROBE_DECLARES_NOTHING 4
#define PROBE_THROWS_WHEN_BUILT 5

using namespace assay;

namespace {

struct HalfParams {
  double factor = 0.5;
  static void describe(Fields<HalfParams>& f) {
    f.about("A part of the learning rate, all along.");
    f("factor", &HalfParams::factor, "which part", non_negative);
  }
};

class Half final : public Schedule {
 public:
  using Params = HalfParams;
  Half(const Params& params, const Needs&) : factor_(params.factor) {
#if PROBE == PROBE_THROWS_WHEN_BUILT
    throw std::runtime_error("no licence found");
#endif
  }
  double factor(std::int64_t) override { return factor_; }

 private:
  double factor_;
};

#if PROBE == PROBE_THROWS_WHEN_OPENED
struct Thrower {
  Thrower() { throw std::runtime_error("no licence found"); }
} thrower;
#endif

}  // namespace

#if PROBE != PROBE_DECLARES_NOTHING
ASSAY_DECLARE(probe, "1.2.0", r) {
#if PROBE == PROBE_THROWS_WHEN_DECLARED
  throw std::runtime_error("no licence found");
#endif
  r.declare<HalfParams>(family::schedule, "half");
#if PROBE == PROBE_DECLARES_TWICE
  r.declare<HalfParams>(family::schedule, "half");
#endif
}
#endif

ASSAY_IMPLEMENT(probe, b) { b.add<Half>("half"); }
