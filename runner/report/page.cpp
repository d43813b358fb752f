#include "runner/report/page.h"

#include <array>
#include <string_view>
#include <utility>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/base64.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/gzip.h"
#include "core/io/json_text.h"
#include "core/text.h"

namespace assay::report {
namespace {

constexpr std::array scripts{"dom.js", "numbers.js", "charts.js", "run_page.js", "study_page.js", "main.js"};

std::string sha256_base64(std::string_view bytes) {
  Sha256 sha;
  sha.add(bytes);
  const Sha256Digest digest = sha.finish();
  return base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

/// Nothing is asked of any machine, no form is sent, no script runs but these two. Styles may stand in
/// attributes, since plotly.js sets them there; what they could fetch is refused as well.
std::string policy(const PageParts& parts) {
  return text("default-src 'none'; script-src 'sha256-", sha256_base64(parts.script), "' 'sha256-",
              parts.library_digest,
              "'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'");
}

/// JSON that no HTML parser sees an element in.
std::string inert(const Json& data) {
  std::string out;
  for (const char letter : to_text(data)) {
    if (letter == '<') {
      out += "\\u003c";
    } else {
      out += letter;
    }
  }
  return out;
}

}  // namespace

PageParts read_page_parts(const std::string& folder, const std::string& library) {
  PageParts parts;
  const auto packed = find_file(library);
  if (!packed) {
    throw Error(
        Kind::usage,
        Problem{Where::path(library),
                {},
                "the plotting library for pages is not there",
                "`scripts/setup` installs it; or put plotly.min.js of plotly.js 4 there, packed by gzip"});
  }
  parts.library = *packed;
  parts.library_digest = sha256_base64(gunzip(parts.library, library));
  parts.skeleton = read_file(join_path(folder, "page.html"));
  parts.style = read_file(join_path(folder, "page.css"));
  parts.script = "(() => {\n\"use strict\";\n";
  for (const char* name : scripts) parts.script += read_file(join_path(folder, name));
  parts.script += "})();\n";
  return parts;
}

std::string page_text(const PageParts& parts, Json data, const std::string& version) {
  data.set("assay", version);
  data.set("made", iso_time(system_clock().wall_ns()));
  const auto filled = [&](std::string_view name) -> std::string {
    if (name == "policy") return policy(parts);
    if (name == "style") return parts.style;
    if (name == "data") return inert(data);
    if (name == "library") return base64(parts.library);
    ASSAY_ASSERT(name == "script");
    return parts.script;
  };
  std::string page;
  std::string_view rest = parts.skeleton;
  for (std::size_t at = rest.find("{{"); at != std::string_view::npos; at = rest.find("{{")) {
    const std::size_t end = rest.find("}}", at);
    ASSAY_ASSERT(end != std::string_view::npos);
    page += rest.substr(0, at);
    page += filled(rest.substr(at + 2, end - at - 2));
    rest.remove_prefix(end + 2);
  }
  return page.append(rest);
}

}  // namespace assay::report
