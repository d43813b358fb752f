// Augmentations against the numbers of torchvision, recorded by tests/parity/record_augmentations.py: what is
// drawn, and what becomes of it.
#include <map>
#include <string>

#include <gmock/gmock.h>

#include "registry/contracts/tensor/augmentation.h"
#include "tests/contracts/tensor_component.h"
#include "tests/parity/recorded.h"

namespace assay::testing {
namespace {

// Measured as tests/parity/tolerances.h says.
/// Numbers that are only moved, or the same operations on each.
constexpr Tolerance same{0, 0};
/// Places are sums of two products here, of three there.
constexpr Tolerance turned{1.5e-6, 3.9e-7};
/// The same kernels; other instruction sets add in another order.
constexpr Tolerance scaled{9e-7, 2.33e-7};

struct Case {
  std::string type;
  std::string config;
  Tolerance tolerance;
};

const std::map<std::string, Case>& cases() {
  static const std::map<std::string, Case> all{
      {"random_crop constant", {"random_crop", R"({"size": 5, "padding": 2, "fill": 0.5})", same}},
      {"random_crop edge", {"random_crop", R"({"size": 5, "padding": 2, "mode": "edge"})", same}},
      {"random_crop reflect", {"random_crop", R"({"size": 5, "padding": 2, "mode": "reflect"})", same}},
      {"centre_crop", {"centre_crop", R"({"size": 5})", same}},
      {"random_resized_crop", {"random_resized_crop", R"({"size": 6})", scaled}},
      {"horizontal_flip", {"horizontal_flip", "{}", same}},
      {"vertical_flip", {"vertical_flip", "{}", same}},
      {"random_rotation nearest", {"random_rotation", R"({"degrees": 30})", same}},
      {"random_rotation bilinear", {"random_rotation", R"({"degrees": 30, "mode": "bilinear"})", turned}},
      {"color_jitter",
       {"color_jitter", R"({"brightness": 0.4, "contrast": 0.5, "saturation": 1.2, "hue": 0.2})", same}},
      {"cutout", {"cutout", R"({"size": 4})", same}},
      {"random_erasing", {"random_erasing", R"({"p": 0.8, "fill": 0.25})", same}},
      {"normalize", {"normalize", R"({"mean": [0.4, 0.5, 0.6], "std": [0.2, 0.25, 0.3]})", same}},
      {"resize bilinear", {"resize", R"({"size": 5})", scaled}},
      {"resize plain", {"resize", R"({"size": 5, "antialias": false})", scaled}},
      {"resize bicubic", {"resize", R"({"size": 5, "mode": "bicubic"})", scaled}},
      {"resize nearest", {"resize", R"({"size": 5, "mode": "nearest"})", same}},
  };
  return all;
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& [name, each] : cases()) names.push_back(name);
  return names;
}

class Torchvision : public ::testing::TestWithParam<std::string> {};

TEST_P(Torchvision, GivesTheSame) {
  const Case& each = cases().at(GetParam());
  const auto slot = bind_filled<Augmentation>(tensor_component("augmentation", each.type), each.config);
  const auto augmentation =
      tensor_parts().build(slot, Augmentation::Needs{Shape{{3, 8, 7}}, Stream(5, "augment/0")});
  const std::vector<std::int64_t> ids = ids_from(40, 4);
  Context context = training_context(ids);
  context.draw = 2;

  const at::Tensor ours = (*augmentation)(spread({4, 3, 8, 7}).add(1).div(2), context);

  expect_parity(difference(ours, *recorded("augmentations.json").find(GetParam())), each.tolerance,
                "difference");
}

INSTANTIATE_TEST_SUITE_P(Recorded, Torchvision, ::testing::ValuesIn(case_names()), parity_name);

}  // namespace
}  // namespace assay::testing
