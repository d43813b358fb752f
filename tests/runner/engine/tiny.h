// A whole experiment in memory: components small enough to reason about, blobs of points to learn, an engine
// to run it.
//
//   Tiny tiny;
//   tiny.experiment.train.until = {{{20, Duration::Unit::epochs}}};
//   const Outcome outcome = tiny.train();
//   tiny.recorder.values_of("valid/loss")
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/value.h"
#include "registry/contracts/engine.h"
#include "tests/support/fake_recorder.h"

namespace assay::testing {

/// key, value: as a config would say them.
using Keys = std::vector<std::pair<std::string, std::string>>;

struct Tiny {
  /// 200 points to train on, 60 each to validate and test; two classes in the pattern of XOR. Model `net`
  /// {hidden, dropout, mistake}, loss `nll`, optimizer `descent` {lr}, metric `hits` (share of points that
  /// are right), no observers.
  Tiny();

  /// Replaces the data: n points of one input each, x = values, all class 0; the first `n_train` train, the
  /// rest is valid.
  void use_values(const std::vector<float>& values, std::int64_t n_train);

  void set_model(const Keys& keys);
  /// nll; mean_input: the mean of x, whatever the weights; steep: finite, with gradients around 1e20;
  /// weighted: nll whose weights, 1 and 3 for the two classes, are only known on the device.
  void set_loss(const std::string& name);
  void set_optimizer(const Keys& keys);
  /// Another optimizer: calls its closure before and after moving the weights by the gradient, and saves what
  /// it gave as values/<i>.
  void use_closures();
  /// squares: the sum of squares.
  void add_penalty(const Keys& keys);
  /// hits; script {values}: these, one an evaluation, larger is better; passes: how many there were, how far
  /// their mean is from the scores, how much they differ.
  void add_metric(const std::string& name, const Keys& keys = {});
  /// asker {at, kind, event}: asks for something at a step, when it is done, evaluated or saved; thrower:
  /// throws after the first; teller {phase}: notes its phase; feeler: notes GradientsReady and the largest
  /// number of a gradient.
  void add_observer(const std::string& name, const Keys& keys = {});

  Outcome train() { return train(recorder); }
  Outcome train(Recorder& instead);

  Registry registry;
  Implementations parts;
  Experiment experiment;
  Prepared prepared;
  FakeRecorder recorder;
  FakeListener listener;
  std::atomic<bool> stop = false;
  bool is_fast = false;
  bool is_traced = false;
  ResumePoint* resume = nullptr;
};

inline Durations until(double amount, Duration::Unit unit) { return {{Duration{amount, unit}}}; }

}  // namespace assay::testing
