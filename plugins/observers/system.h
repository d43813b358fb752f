// Keeps what a run takes of the machine.
#pragma once

#include "registry/contracts/families.h"
#include "registry/units.h"

namespace assay {
class Implementations;
}

namespace assay::observers {

struct SystemParams {
  Duration every{30, Duration::Unit::seconds};

  static void describe(Fields<SystemParams>& f) {
    f.about(
        "Keeps, every so often and at the end, what the process takes of the machine: system/cpu_percent "
        "(100 "
        "for each busy core, since the last time), system/rss_bytes and system/peak_rss_bytes of memory; on "
        "a "
        "GPU also system/gpu_allocated_bytes and system/gpu_reserved_bytes by LibTorch. These numbers differ "
        "between equal runs: they are events of kind `measured`, not metrics, and are never compared.");
    f("every", &SystemParams::every, "time between two measurements, taken after a step",
      Rule{"a time, as 30 s",
           [](const Json& value) {
             const auto duration = parse_duration(value.text());
             return duration && duration->is_time();
           },
           Json::map()},
      not_identity);
  }
};

void implement_system(Implementations& parts);  // system.cpp

}  // namespace assay::observers
