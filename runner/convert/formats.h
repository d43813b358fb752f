// Which format a file of weights is in: by what its name ends in, or as somebody says.
#pragma once

#include <memory>
#include <string>

#include "registry/contracts/weights.h"
#include "registry/implementations.h"

namespace assay::convert {

/// A format, built to read or write one file.
struct Format {
  std::string name;  // "safetensors"
  std::unique_ptr<Weights> weights;
};

struct FormatRequest {
  std::string path;
  std::string format = {};  // empty: by the path; a folder is a run
  bool is_written = false;
  Json parameters = Json::map();  // of the format, beside its name; those that it does not have are an error
};

/// Of several formats, the one with the longest ending: ".weights.h5" is more than ".h5". Empty if none is
/// known.
std::string name_by_ending(const std::string& path, const Registry& registry);

/// The format's name. Throws Kind::usage for a path that says nothing, or a format that there is not, or that
/// is only read where it is to be written.
std::string format_name(const FormatRequest& request, const Registry& registry);

/// Throws as format_name, and Kind::config for parameters that the format does not have.
Format open_format(const FormatRequest& request, const Registry& registry, const Implementations& parts);

}  // namespace assay::convert
