#include "datasets/synthetic.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "core/random.h"

namespace assay::datasets {
namespace {

using std::numbers::pi;

// Draws of row r are those of sample r; what all rows share is drawn apart.
constexpr std::uint32_t of_rows = 0;
constexpr std::uint32_t of_all = 1;

Stream stream_of(const Made& made) { return {static_cast<std::uint64_t>(made.seed), "data"}; }

DatasetOutline shares(Task::Kind task, bool stratify) {
  return {task, Json(Json::Map{{"type", "fractions"},
                               {"train", "70%"},
                               {"valid", "15%"},
                               {"test", "15%"},
                               {"stratify", stratify}})};
}

Task classes(std::int64_t n) { return {Task::Kind::classification, n, {}}; }

struct Point {
  double x = 0, y = 0;
  std::int64_t label = 0;
};

// `at(row, draws)` gives a Point.
template <class At>
MadeTable plane(const Made& made, std::int64_t n_classes, double noise, At&& at) {
  const Stream stream = stream_of(made);
  MadeTable out{classes(n_classes), Array(Dtype::f32, {made.rows, 2}), Array(Dtype::i64, {made.rows})};
  for (std::int64_t row = 0; row < made.rows; ++row) {
    Draws draws = stream.at(of_rows, static_cast<std::uint64_t>(row));
    const Point point = at(row, draws);
    out.x.as<float>()[2 * row] = static_cast<float>(point.x + noise * draws.normal());
    out.x.as<float>()[2 * row + 1] = static_cast<float>(point.y + noise * draws.normal());
    out.y.as<std::int64_t>()[row] = point.label;
  }
  return out;
}

// Rows of class `label` if classes take turns.
std::int64_t members(std::int64_t rows, std::int64_t n_classes, std::int64_t label) {
  return (rows - label + n_classes - 1) / n_classes;
}

}  // namespace

DatasetOutline MadeClasses::outline() const { return shares(Task::Kind::classification, true); }
DatasetOutline MadeValues::outline() const { return shares(Task::Kind::regression, false); }
DatasetOutline CopyMemoryParams::outline() const { return shares(Task::Kind::language_model, false); }

MadeTable make(const XorParams& params) {
  return plane(params, 2, params.noise, [](std::int64_t, Draws& draws) {
    const double x = 2 * draws.uniform() - 1, y = 2 * draws.uniform() - 1;
    return Point{x, y, (x < 0) != (y < 0) ? 1 : 0};
  });
}

MadeTable make(const MoonsParams& params) {
  return plane(params, 2, params.noise, [&](std::int64_t row, Draws&) {
    const std::int64_t label = row % 2;
    const auto last = static_cast<double>(std::max<std::int64_t>(members(params.rows, 2, label) - 1, 1));
    const double angle = pi * static_cast<double>(row / 2) / last;
    if (label == 0) return Point{std::cos(angle), std::sin(angle), 0};
    return Point{1 - std::cos(angle), 0.5 - std::sin(angle), 1};
  });
}

MadeTable make(const CirclesParams& params) {
  return plane(params, 2, params.noise, [&](std::int64_t row, Draws&) {
    const std::int64_t label = row % 2;
    const auto n = static_cast<double>(members(params.rows, 2, label));
    const double angle = 2 * pi * static_cast<double>(row / 2) / n;
    const double radius = label == 0 ? 1 : params.factor;
    return Point{radius * std::cos(angle), radius * std::sin(angle), label};
  });
}

MadeTable make(const SpiralsParams& params) {
  return plane(params, params.classes, params.noise, [&](std::int64_t row, Draws& draws) {
    const std::int64_t label = row % params.classes;
    const double radius = std::sqrt(draws.uniform());  // as many points everywhere along the arm
    const double start = static_cast<double>(label) / static_cast<double>(params.classes);
    const double angle = 2 * pi * (params.turns * radius + start);
    return Point{radius * std::cos(angle), radius * std::sin(angle), label};
  });
}

MadeTable make(const BlobsParams& params) {
  const Stream stream = stream_of(params);
  const auto center = [&](std::int64_t label) {
    Draws draws = stream.at(of_all, static_cast<std::uint64_t>(label));
    std::vector<double> values(static_cast<std::size_t>(params.features));
    for (double& value : values) value = 20 * draws.uniform() - 10;
    return values;
  };
  std::vector<std::vector<double>> centers;
  for (std::int64_t label = 0; label < params.classes; ++label) centers.push_back(center(label));

  Array x(Dtype::f32, {params.rows, params.features}), y(Dtype::i64, {params.rows});
  float* next = x.as<float>();
  for (std::int64_t row = 0; row < params.rows; ++row) {
    Draws draws = stream.at(of_rows, static_cast<std::uint64_t>(row));
    const std::int64_t label = row % params.classes;
    for (const double middle : centers[static_cast<std::size_t>(label)]) {
      *next++ = static_cast<float>(middle + params.spread * draws.normal());
    }
    y.as<std::int64_t>()[row] = label;
  }
  return {classes(params.classes), std::move(x), std::move(y)};
}

MadeTable make(const RegressionParams& params) {
  const Stream stream = stream_of(params);
  Draws of_weights = stream.at(of_all, 0);
  std::vector<double> weights(static_cast<std::size_t>(params.features));
  for (std::int64_t i = 0; i < params.informative; ++i) {
    weights[static_cast<std::size_t>(i)] = of_weights.normal();
  }
  Array x(Dtype::f32, {params.rows, params.features}), y(Dtype::f32, {params.rows, 1});
  float* next = x.as<float>();
  for (std::int64_t row = 0; row < params.rows; ++row) {
    Draws draws = stream.at(of_rows, static_cast<std::uint64_t>(row));
    double sum = params.noise * draws.normal();
    for (const double weight : weights) {
      const double value = draws.normal();
      *next++ = static_cast<float>(value);
      sum += weight * value;
    }
    y.as<float>()[row] = static_cast<float>(sum);
  }
  return {Task{Task::Kind::regression, 1, {}}, std::move(x), std::move(y)};
}

MadeTable make(const AddingParams& params) {
  const Stream stream = stream_of(params);
  Array x(Dtype::f32, {params.rows, params.length, 2}), y(Dtype::f32, {params.rows, 1});
  const auto length = static_cast<std::uint64_t>(params.length);
  for (std::int64_t row = 0; row < params.rows; ++row) {
    Draws draws = stream.at(of_rows, static_cast<std::uint64_t>(row));
    float* sequence = x.as<float>() + row * params.length * 2;
    const std::uint64_t first = draws.below(length);
    const std::uint64_t other = draws.below(length - 1);
    const std::uint64_t second = other < first ? other : other + 1;
    for (std::uint64_t i = 0; i < length; ++i) {
      sequence[2 * i] = static_cast<float>(draws.uniform());
      sequence[2 * i + 1] = i == first || i == second ? 1.0F : 0.0F;
    }
    y.as<float>()[row] = sequence[2 * first] + sequence[2 * second];
  }
  return {Task{Task::Kind::regression, 1, {}}, std::move(x), std::move(y)};
}

MadeTable make(const CopyMemoryParams& params) {
  constexpr std::int64_t blank = 0, repeat = 9, n_symbols = 10;
  const Stream stream = stream_of(params);
  const std::int64_t length = params.delay + 2 * params.memory;
  Array x(Dtype::i64, {params.rows, length}), y(Dtype::i64, {params.rows, length});
  for (std::int64_t row = 0; row < params.rows; ++row) {
    Draws draws = stream.at(of_rows, static_cast<std::uint64_t>(row));
    auto* seen = x.as<std::int64_t>() + row * length;
    auto* wanted = y.as<std::int64_t>() + row * length;
    for (std::int64_t i = 0; i < length; ++i) {
      seen[i] = i < length - params.memory - 1 ? blank : repeat;
      wanted[i] = blank;
    }
    for (std::int64_t i = 0; i < params.memory; ++i) {
      seen[i] = static_cast<std::int64_t>(1 + draws.below(8));
      wanted[length - params.memory + i] = seen[i];
    }
  }
  return {Task{Task::Kind::language_model, n_symbols, {}}, std::move(x), std::move(y)};
}

}  // namespace assay::datasets
