// Two small families for tests of the registry: a Gear, with components `plain` and `fancy`, which holds
// Springs.
#pragma once

#include "registry/implementations.h"
#include "registry/registry.h"

namespace assay::testing {

class Spring;
class Gear;

struct SpringFamily {
  using Common = NoCommon;
  static constexpr std::string_view name = "spring";
  template <class P>
  static std::any facet() {
    return {};
  }
};

struct GearCommon {
  std::string oil = "thin";
  static void describe(Fields<GearCommon>& f) {
    f("oil", &GearCommon::oil, "what keeps it turning", one_of({"thin", "thick"}));
  }
};

struct GearFamily {
  using Common = GearCommon;
  static constexpr std::string_view name = "gear";
  template <class P>
  static std::any facet() {
    return std::string("a facet");
  }
};

}  // namespace assay::testing

namespace assay {
template <>
struct FamilyOf<testing::Spring> {
  using type = testing::SpringFamily;
};
template <>
struct FamilyOf<testing::Gear> {
  using type = testing::GearFamily;
};
}  // namespace assay

namespace assay::testing {

class Spring {
 public:
  using Contract = Spring;
  struct Needs {};
  virtual ~Spring() = default;
  virtual double force() const = 0;
};

struct CoilParams {
  double stiffness = 1.5;
  static void describe(Fields<CoilParams>& f) {
    f.about("A coil.");
    f("stiffness", &CoilParams::stiffness, "force per length", positive, log_scale);
  }
};

class Coil final : public Spring {
 public:
  using Params = CoilParams;
  Coil(const Params& params, const Needs&) : force_(params.stiffness) {
    if (params.stiffness > 1000) throw std::runtime_error("too stiff\nstack trace");
  }
  double force() const override { return force_; }

 private:
  double force_;
};

struct Range {
  std::int64_t low = 1;
  std::int64_t high = 2;
  static void describe(Fields<Range>& f) {
    f("low", &Range::low, "first");
    f("high", &Range::high, "last");
    f.check("low is at most high", [](const Range& r) { return r.low <= r.high; });
  }
};

struct PlainParams {
  std::vector<std::int64_t> teeth{12, 24};
  double backlash = 0.1;
  bool is_greased = false;
  std::string label = "g";
  std::optional<double> speed;
  Slot<Spring> spring = "coil";
  std::vector<Slot<Spring>> springs;
  Range range;
  std::map<std::string, double> weights;
  static void describe(Fields<PlainParams>& f) {
    f.about("A gear.");
    f("teeth", &PlainParams::teeth, "teeth of each wheel", each(at_least(1)));
    f("backlash", &PlainParams::backlash, "play between teeth", fraction, was("slack"));
    f("is_greased", &PlainParams::is_greased, "whether it is greased");
    f("label", &PlainParams::label, "engraved", not_identity);
    f("speed", &PlainParams::speed, "turns", unit("1/s"), positive);
    f("spring", &PlainParams::spring, "what pushes it back");
    f("springs", &PlainParams::springs, "more of them");
    f("range", &PlainParams::range, "where it works");
    f("weights", &PlainParams::weights, "by part", each(non_negative()));
  }
};

struct FancyParams {
  std::string motto;
  static void describe(Fields<FancyParams>& f) {
    f("motto", &FancyParams::motto, "engraved in gold", required);
  }
};

inline Registry gear_registry() {
  Registry registry;
  registry.add_family({"spring", "springs", "what pushes", "coil", "stiffness", {}});
  registry.add_family({"gear", "gears", "what turns", {}, {}, "plain"});
  registry.set_plugin("clockwork", "1.0.0");
  registry.declare<CoilParams>(SpringFamily{}, "coil");
  registry.declare<PlainParams>(GearFamily{}, "plain");
  registry.declare<FancyParams>(GearFamily{}, "fancy");
  return registry;
}

/// The value that a place-less config text would give: `{key: value}` from pairs, scalars plain.
inline Value plain(std::string text, int line = 1, int column = 1) {
  return Value::scalar(std::move(text), false,
                       Where::file(std::make_shared<const std::string>("g.yaml"), line, column));
}
inline Value quoted(std::string text) { return Value::scalar(std::move(text), true, {}); }
inline Value list_of(std::vector<Value> items) { return Value::list(std::move(items), {}); }
inline Value map_of(std::vector<std::pair<std::string, Value>> entries) {
  Value map = Value::map({}, Where::path("g.yaml"));
  for (auto& [key, value] : entries) {
    const Where where = value.where();
    map.set(key, std::move(value), where);
  }
  return map;
}

}  // namespace assay::testing
