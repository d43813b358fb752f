// One HTML file that shows a run, several beside one another, or a study: offline, with all that it needs.
//
//   const PageParts parts = read_page_parts(folder, library);
//   publish(path, page_text(parts, page_data(runs)));
//
// The page's own text, style and scripts are files (web/), and so is the plotting library, packed. What
// records say goes into it as JSON in one element that no browser runs, with every `<` escaped, and the
// scripts make text nodes of it. The page's policy lets those scripts run alone, which it knows by their
// digests, and no request leave it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/json.h"
#include "runner/report/run_data.h"

namespace assay::report {

/// Stands near the beginning of every page.
inline constexpr std::string_view page_mark = "<title>assay report</title>";

/// What every page is put together from.
struct PageParts {
  std::string
      skeleton;  // page.html: {{policy}}, {{style}}, {{data}}, {{library}} and {{script}} are filled in
  std::string style;
  std::string script;
  std::string library;         // plotly.js as gzip packs it
  std::string library_digest;  // SHA-256 of what is packed, base64: as policies name scripts
};

/// folder: web/ as it ships. library: the path of plotly.min.js.gz. Throws Kind::usage, with what to install,
/// if there is no library; Kind::data if a file cannot be read, or the library is no gzip.
PageParts read_page_parts(const std::string& folder, const std::string& library);

/// What the page shows of runs: their series (long ones thinned to some thousand points, among them the least
/// and the most of each stretch), matrices, config, environment and what else the record holds.
Json page_data(std::span<const RunData> runs);

/// What it shows of a study: its trials, the curves of their objectives, effects, tests and summary as
/// `assay sweep show` has them. Throws as read_study_data does.
Json page_data(const sweep::Study& study, const sweep::StudyFolder& folder);

/// The file. version: of the program that makes it, for the foot of the page.
std::string page_text(const PageParts& parts, Json data, const std::string& version);

}  // namespace assay::report
