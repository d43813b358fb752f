// A recorder that keeps nothing: for what trains to look, not to leave a run. Whoever looks overrides what it
// looks at.
#pragma once

#include "registry/contracts/recorder.h"

namespace assay {

class NoRecord : public Recorder {
 public:
  void log(std::int64_t, std::int64_t, std::span<const Scalar>) override {}
  void array(std::int64_t, std::string_view, const ArrayView&) override {}
  void event(const Event&) override {}
  std::string checkpoint(const CheckpointInfo&, const State&) override { return {}; }
  void settle() override {}
  void publish() override {}
  void note(std::string_view, Json) override {}
  void finish(const Outcome&) override {}
};

}  // namespace assay
