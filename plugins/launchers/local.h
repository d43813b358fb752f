// Work is done by the command itself.
#pragma once

#include "registry/contracts/launcher.h"

namespace assay::launchers {

struct LocalParams {
  static void describe(Fields<LocalParams>& f) {
    f.about(
        "On this machine, in processes of the command itself, as without a launcher: `--launcher local` over "
        "a "
        "config that names another one.");
  }
};

class Local final : public Launcher {
 public:
  using Params = LocalParams;
  Local(const Params& /*params*/, const Needs& /*needs*/) {}
  const Cluster* cluster() const override { return nullptr; }
};

}  // namespace assay::launchers
