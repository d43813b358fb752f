#include <cstdlib>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/prepare/prepare.h"
#include "tests/contracts/bound.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;

/// Sets an environment variable (or, with a null, removes it) until the end of the scope.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    set(value);
  }
  ~Variable() { set(old_ ? old_->c_str() : nullptr); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const char* value) const {
    if (value) {
      setenv(name_, value, 1);
    } else {
      unsetenv(name_);
    }
  }
  const char* name_;
  std::optional<std::string> old_;
};

Experiment experiment_with(std::string_view dataset) {
  Experiment experiment;
  experiment.dataset = bound<Dataset>(dataset);
  return experiment;
}

TEST(DataRoots, AreInTheirOrder) {
  const Variable data("ASSAY_DATA", "/data/"), cache("XDG_CACHE_HOME", "/cache");
  EXPECT_THAT(data_roots(experiment_with(R"({"type": "digits", "root": "/mine"})"), "/shipped"),
              ElementsAre("/mine", "/data", "/shipped", "/cache/assay"));
}

TEST(DataRoots, LeaveOutWhatIsNotSet) {
  const Variable data("ASSAY_DATA", nullptr), cache("XDG_CACHE_HOME", nullptr), home("HOME", "/home/me");
  EXPECT_THAT(data_roots(experiment_with(R"("digits")"), ""), ElementsAre("/home/me/.cache/assay"));
}

}  // namespace
}  // namespace assay::testing
