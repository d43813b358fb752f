#include "bench/samplers/functions.h"

#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/text.h"

namespace assay::bench {
namespace {

constexpr double pi = std::numbers::pi;

double square(double x) { return x * x; }

Space box(std::size_t dimensions, double low, double high) {
  Space space;
  for (std::size_t i = 0; i < dimensions; ++i) {
    Parameter parameter;
    parameter.name = text('x', i);
    parameter.kind = Parameter::Kind::real;
    parameter.low = low;
    parameter.high = high;
    space.parameters.push_back(parameter);
  }
  return space;
}

// ---- Real parameters on one scale

double sphere(const Point& x) {
  double sum = 0;
  for (const double v : x) sum += square(v - 0.7);
  return sum;
}

double ellipsoid(const Point& x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum += std::pow(1000, static_cast<double>(i) / static_cast<double>(x.size() - 1)) * square(x[i] - 1);
  return sum;
}

double rosenbrock(const Point& x) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i)
    sum += 100 * square(x[i + 1] - x[i] * x[i]) + square(1 - x[i]);
  return sum;
}

double ackley(const Point& x) {
  double squares = 0, waves = 0;
  for (const double v : x) {
    squares += square(v - 2);
    waves += std::cos(2 * pi * (v - 2));
  }
  const auto n = static_cast<double>(x.size());
  return -20 * std::exp(-0.2 * std::sqrt(squares / n)) - std::exp(waves / n) + 20 + std::numbers::e;
}

double rastrigin(const Point& x) {
  double sum = 0;
  for (const double v : x) sum += 10 + square(v - 0.5) - 10 * std::cos(2 * pi * (v - 0.5));
  return sum;
}

double griewank(const Point& x) {
  double sum = 0, product = 1;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += square(x[i] - 10) / 4000;
    product *= std::cos((x[i] - 10) / std::sqrt(static_cast<double>(i + 1)));
  }
  return sum - product + 1;
}

double levy(const Point& x) {
  const auto w = [&](std::size_t i) { return 1 + (x[i] - 1) / 4; };
  const std::size_t last = x.size() - 1;
  double sum = square(std::sin(pi * w(0)));
  for (std::size_t i = 0; i < last; ++i) sum += square(w(i) - 1) * (1 + 10 * square(std::sin(pi * w(i) + 1)));
  return sum + square(w(last) - 1) * (1 + square(std::sin(2 * pi * w(last))));
}

double styblinski_tang(const Point& x) {
  double sum = 0;
  for (const double v : x) sum += v * v * v * v - 16 * v * v + 5 * v;
  return sum / 2;
}

double michalewicz(const Point& x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum -= std::sin(x[i]) * std::pow(std::sin(static_cast<double>(i + 1) * x[i] * x[i] / pi), 20);
  return sum;
}

double schwefel(const Point& x) {
  double sum = 418.9828872724338 * static_cast<double>(x.size());
  for (const double v : x) sum -= v * std::sin(std::sqrt(std::abs(v)));
  return sum;
}

double branin(const Point& x) {
  const double u = 2.5 + 7.5 * x[0], v = 7.5 + 7.5 * x[1];  // from [-1, 1] to [-5, 10] and [0, 15]
  return square(v - 5.1 / (4 * pi * pi) * u * u + 5 / pi * u - 6) + 10 * (1 - 1 / (8 * pi)) * std::cos(u) +
         10;
}

double six_hump_camel(const Point& x) {
  const double a = x[0], b = x[1];
  return (4 - 2.1 * a * a + a * a * a * a / 3) * a * a + a * b + (-4 + 4 * b * b) * b * b;
}

double goldstein_price(const Point& x) {
  const double a = x[0], b = x[1];
  const double first = 1 + square(a + b + 1) * (19 - 14 * a + 3 * a * a - 14 * b + 6 * a * b + 3 * b * b);
  const double second =
      30 + square(2 * a - 3 * b) * (18 - 32 * a + 12 * a * a + 48 * b - 36 * a * b + 27 * b * b);
  return std::log(first * second);
}

template <std::size_t N>
double hartmann(const Point& x, const std::array<std::array<double, N>, 4>& a,
                const std::array<std::array<double, N>, 4>& p) {
  constexpr std::array<double, 4> heights = {1.0, 1.2, 3.0, 3.2};
  double sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    double far = 0;
    for (std::size_t j = 0; j < N; ++j) far += a[i][j] * square(x[j] - p[i][j]);
    sum -= heights[i] * std::exp(-far);
  }
  return sum;
}

double hartmann3(const Point& x) {
  return hartmann<3>(x, {{{3, 10, 30}, {0.1, 10, 35}, {3, 10, 30}, {0.1, 10, 35}}},
                     {{{0.3689, 0.1170, 0.2673},
                       {0.4699, 0.4387, 0.7470},
                       {0.1091, 0.8732, 0.5547},
                       {0.0381, 0.5743, 0.8828}}});
}

double hartmann6(const Point& x) {
  return hartmann<6>(x,
                     {{{10, 3, 17, 3.5, 1.7, 8},
                       {0.05, 10, 17, 0.1, 8, 14},
                       {3, 3.5, 1.7, 10, 17, 8},
                       {17, 8, 0.05, 10, 0.1, 14}}},
                     {{{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                       {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                       {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                       {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}}});
}

// ---- As hyperparameters are: logarithmic, whole, named

Space log_space() {
  Space space = box(3, 1e-5, 1);
  for (Parameter& parameter : space.parameters) parameter.is_log = true;
  return space;
}

double log_valley(const Point& x) {
  return square(std::log10(x[0]) + 3) + square(std::log10(x[1]) + 2) + square(std::log10(x[0] * x[2]) + 4.5);
}

Space whole_space() {
  Space space = box(4, 1, 30);
  for (Parameter& parameter : space.parameters) {
    parameter.kind = Parameter::Kind::integer;
    parameter.step = 1;
  }
  return space;
}

double whole_numbers(const Point& x) {
  return (square(x[0] - 7) + square(x[1] - 19) + square(x[2] - x[3]) + square(x[3] - 11)) / 100;
}

Space mixed_space() {
  Space space = box(4, 0, 1);
  space.parameters[0].kind = Parameter::Kind::choice;
  space.parameters[0].n_choices = 5;
  space.parameters[1].kind = Parameter::Kind::choice;
  space.parameters[1].n_choices = 4;
  space.parameters[2].low = 1e-4;
  space.parameters[2].is_log = true;
  return space;
}

double mixed(const Point& x) {
  constexpr std::array<double, 5> first = {0.4, 0.1, 0.0, 0.3, 0.6};
  constexpr std::array<double, 4> second = {0.2, 0.0, 0.5, 0.3};
  const double best_rate = x[0] == 2 ? -2 : -3;
  return first[static_cast<std::size_t>(x[0])] + second[static_cast<std::size_t>(x[1])] +
         0.3 * square(std::log10(x[2]) - best_rate) + square(x[3] - 0.3);
}

}  // namespace

std::vector<Function> functions() {
  return {{"sphere", box(5, -5, 5), 0, sphere},
          {"ellipsoid", box(5, -5, 5), 0, ellipsoid},
          {"rosenbrock", box(3, -2, 2), 0, rosenbrock},
          {"ackley", box(5, -10, 10), 0, ackley},
          {"rastrigin", box(3, -5.12, 5.12), 0, rastrigin},
          {"griewank", box(4, -100, 100), 0, griewank},
          {"levy", box(4, -10, 10), 0, levy},
          {"styblinski_tang", box(4, -5, 5), 4 * -39.166165703771426, styblinski_tang},
          {"michalewicz", box(2, 0, pi), -1.8013034100985537, michalewicz},
          {"schwefel", box(2, -500, 500), 0, schwefel},
          {"branin", box(2, -1, 1), 0.39788735772973816, branin},
          {"six_hump_camel", box(2, -2, 2), -1.031628453489877, six_hump_camel},
          {"goldstein_price", box(2, -2, 2), std::log(3.0), goldstein_price},
          {"hartmann3", box(3, 0, 1), -3.862779786949365, hartmann3},
          {"hartmann6", box(6, 0, 1), -3.322368011415515, hartmann6},
          {"log_valley", log_space(), 0, log_valley},
          {"whole_numbers", whole_space(), 0, whole_numbers},
          {"mixed", mixed_space(), 0, mixed}};
}

}  // namespace assay::bench
