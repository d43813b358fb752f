// Transforms fitted on blocks, for tests.
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

#include "registry/contracts/transform.h"
#include "tests/contracts/bound.h"

namespace assay::testing {

inline std::unique_ptr<Transform> fitted(std::string_view config, std::initializer_list<Array> blocks) {
  auto transform = built<Transform>(config);
  transform->fit([&](const std::function<void(const ArrayView& block)>& take) {
    for (const Array& block : blocks) take(block);
  });
  return transform;
}

inline std::vector<float> floats(const Array& array) {
  return {array.as<float>(), array.as<float>() + array.count()};
}

}  // namespace assay::testing
