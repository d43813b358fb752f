// What to predict, out of an array of any type.
#pragma once

#include <string>
#include <vector>

#include "core/array.h"
#include "registry/contracts/dataset.h"

namespace assay::datasets {

/// 70/15/15, stratified for classes.
DatasetOutline shares_outline(std::string_view task);

/// The names of the classes that a config gives; with a legend, those that the model knows.
std::vector<std::string> known_classes(const std::vector<std::string>& written, const Dataset::Needs& needs);

/// Throws Kind::usage, with the hint, for an input with labels, by data sets that have these in a file of
/// their own.
void require_unlabelled(const Dataset::Needs& needs, const std::string& hint);

struct Target {
  Array values;  // i64 [rows], or f32 [rows, targets]
  Task task;
};

/// values [rows] or [rows, targets], rows > 0. task: classification, of whole numbers from 0, or regression.
/// classes: their names; empty: as many as the largest number says. Throws Kind::data, naming the file at
/// `path` and the row, for what is no class.
Target read_target(const Array& values, std::string_view task, const std::vector<std::string>& classes,
                   const std::string& path);

}  // namespace assay::datasets
