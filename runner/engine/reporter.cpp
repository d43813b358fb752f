#include "runner/engine/reporter.h"

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace assay::engine {
namespace {

// These come too often to be worth keeping.
bool is_recorded(const Event& event) {
  return !std::holds_alternative<StepDone>(event) && !std::holds_alternative<EpochStarted>(event);
}

}  // namespace

void Reporter::set_observers(const std::vector<std::unique_ptr<Observer>>& observers) {
  hearers_.clear();
  for (std::size_t i = 0; i < observers.size(); ++i) {
    hearers_.push_back({observers[i].get(), &job_.experiment.observers[i]});
  }
  std::stable_sort(hearers_.begin(), hearers_.end(), [](const Hearer& a, const Hearer& b) {
    return a.observer->phase() < b.observer->phase();
  });
}

void Reporter::emit(const Event& event) {
  if (is_recorded(event)) job_.recorder.event(event);
  job_.listener.on(event);
  tell(event);
}

void Reporter::tell(const Event& event) {
  const bool is_heard = !std::holds_alternative<CheckpointSaved>(event);
  for (const Hearer& hearer : hearers_) {
    const Request request = ask(hearer, event);
    if (request.kind != Request::Kind::none && is_heard) note_request(hearer, request);
  }
}

Request Reporter::ask(const Hearer& hearer, const Event& event) {
  const auto fail = [&](const char* why) {
    throw Error(Kind::run, text("observer ", hearer.slot->name(), ": ", why));
  };
  try {
    return hearer.observer->on(event);
  } catch (const Error& error) {
    if (error.kind() != Kind::run) throw;  // the record's own failure, for one
    fail(error.problems().empty() ? error.what() : error.problems().front().message.c_str());
  } catch (const std::exception& error) {
    fail(error.what());
  }
  return {};
}

void Reporter::note_request(const Hearer& hearer, const Request& request) {
  switch (request.kind) {
    case Request::Kind::none:
      return;
    case Request::Kind::evaluate:
      wants_evaluation_ = true;
      return;
    case Request::Kind::save:
      wants_save_ = true;
      return;
    case Request::Kind::stop:
      if (stop_reason_.empty())
        stop_reason_ = request.why.empty() ? "observer " + hearer.slot->name() : request.why;
      return;
    case Request::Kind::rollback:
      throw Error(Kind::run,
                  text("observer ", hearer.slot->name(), " asks to roll back to step ", request.step,
                       ", which this version cannot do"),
                  "take the observer out, or let it stop the run instead");
  }
}

void Reporter::go_on_with(std::vector<Scalar> latest, bool wants_evaluation) {
  latest_ = std::move(latest);
  wants_evaluation_ = wants_evaluation;
  wants_save_ = false;
}

void Reporter::log(std::int64_t step, std::int64_t epoch, const std::vector<Scalar>& row) {
  job_.recorder.log(step, epoch, row);
  for (const Scalar& scalar : row) {
    const auto known = std::find_if(latest_.begin(), latest_.end(),
                                    [&](const Scalar& other) { return other.name == scalar.name; });
    if (known == latest_.end()) {
      latest_.push_back(scalar);
    } else {
      known->value = scalar.value;
    }
  }
}

}  // namespace assay::engine
