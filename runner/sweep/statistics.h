// What repeats say: means with intervals, which configurations differ, and whether there is a winner at all.
//
// Configurations are compared on the same seeds or folds, so that what a seed does to all of them cancels
// out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace assay::sweep {

/// Of Student's t distribution with `degrees` of freedom, at t. degrees > 0.
double t_cdf(double t, double degrees);
/// The t at which the distribution function is `share`, from 0 to 1 (excluded).
double t_quantile(double share, double degrees);

struct Summary {
  std::size_t count = 0;
  double mean = 0;            // nan if there is no value
  double sd = 0;              // of the sample, divided by n - 1; nan below two values
  double standard_error = 0;  // of the mean
  double low = 0, high = 0;   // of the mean's confidence interval, by t; nan below two values
};

/// confidence: as 0.95.
Summary summarise(std::span<const double> values, double confidence);

/// Two-sided p-value of the paired t-test of means: values in the same place belong to the same seed or fold.
/// 1 where there are no differences at all, 0 where all are the same and not zero. Nothing below two pairs.
/// Source: Student 1908, The probable error of a mean.
std::optional<double> paired_p(std::span<const double> a, std::span<const double> b);

/// Adjusted for as many tests as there are p-values, so that the chance of one false finding among them is
/// kept. Source: Holm 1979, A simple sequentially rejective multiple test procedure.
std::vector<double> holm(std::span<const double> p_values);

/// One configuration's values, by repeat; nothing where a repeat has not ended well.
using Repeats = std::vector<std::optional<double>>;

struct Comparison {
  std::size_t best = 0;  // of the configurations with the most repeats, the one of the best mean
  /// For each configuration, the p-value of its difference from the best after Holm's correction; 1 for the
  /// best itself, nothing where fewer than two repeats are shared with it.
  std::vector<std::optional<double>> p_values;
  /// Not significantly worse than the best, the best included: with more than one there is no winner.
  std::vector<std::size_t> tied;

  bool has_winner() const { return tied.size() == 1; }
};

/// Nothing if no configuration has a value. What cannot be tested (one repeat) counts as tied.
std::optional<Comparison> compare(std::span<const Repeats> configurations, bool is_better_high,
                                  double confidence);

/// Configurations that are not worth further repeats: significantly worse than the best so far, of
/// `n_repeats` in all. Every look spends an equal part of the error, so that looking often finds no more by
/// chance.
std::vector<std::size_t> cannot_win(std::span<const Repeats> configurations, bool is_better_high,
                                    double confidence, std::int64_t n_repeats);

}  // namespace assay::sweep
