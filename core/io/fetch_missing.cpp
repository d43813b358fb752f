// Instead of fetch.cpp, where there is no libcurl.
#include "core/error.h"
#include "core/io/fetch.h"

namespace assay {

bool can_fetch() { return false; }

void fetch_to(const std::string& url, const std::string&, const FetchLimits&) {
  throw Error(Kind::data, Problem{{},
                                  {},
                                  url + " cannot be fetched: this assay was built without libcurl",
                                  "install libcurl and build assay with -DASSAY_FETCH=ON"});
}

}  // namespace assay
