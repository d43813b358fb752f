#include "runner/engine/faults.h"

#include <new>

#include <c10/util/Exception.h>

#include "core/text.h"
#include "registry/registry.h"

namespace assay::engine {

std::string first_line(std::string_view message) {
  return std::string(message.substr(0, message.find('\n')));
}

namespace {

std::string hint_for(const Activity& activity) {
  if (activity.component == nullptr || !activity.component->is_bound()) return {};
  if (activity.component->component().family != "model") return {};
  return "`assay check --summary` prints the shapes of every layer";
}

Error out_of_memory(const Activity& activity, const std::string& reason) {
  const char* key = activity.split == nullptr ? "train.batch_size" : "evaluate.batch_size";
  return {Kind::run, text(to_string(activity), ": out of memory", reason.empty() ? "" : ": ", reason),
          text("a smaller ", key, " or a smaller model needs less")};
}

Error from_torch(const Activity& activity, const c10::Error& error) {
  const std::string message = first_line(error.what_without_backtrace());
  // LibTorch's CPU allocator has no exception type of its own.
  if (message.find("can't allocate memory") != std::string::npos) return out_of_memory(activity, message);
  return {Kind::run, text(to_string(activity), ": ", message), hint_for(activity)};
}

}  // namespace

std::string to_string(const Activity& activity) {
  std::string out = activity.step > 0 ? text("step ", activity.step, ", ") : std::string();
  if (activity.split != nullptr) out += text("evaluation on ", activity.split, ", ");
  out += activity.what;
  if (activity.component != nullptr && activity.component->is_bound()) {
    const ComponentInfo& info = activity.component->component();
    out += text(' ', info.family, '/', info.name);
  }
  if (activity.batch == nullptr) return out;
  for (const auto& [name, tensor] : activity.batch->inputs.all()) {
    out += text(", ", name, ' ', shape_text(tensor.sizes().vec()));
  }
  return out;
}

Error as_error(const std::exception_ptr& caught, const Activity& activity) {
  try {
    std::rethrow_exception(caught);
  } catch (const Error& error) {
    return error;
  } catch (const c10::OutOfMemoryError& error) {
    return out_of_memory(activity, first_line(error.what_without_backtrace()));
  } catch (const c10::AcceleratorError& error) {
    return {Kind::device, text(to_string(activity), ": ", first_line(error.what_without_backtrace())),
            "the device cannot be used by this process any more: start the run again"};
  } catch (const c10::Error& error) {
    return from_torch(activity, error);
  } catch (const std::bad_alloc&) {
    return out_of_memory(activity, {});
  } catch (const std::exception& error) {
    return {Kind::run, text(to_string(activity), ": ", first_line(error.what())), hint_for(activity)};
  } catch (...) {
    return {Kind::run, text(to_string(activity), ": an exception that is no std::exception")};
  }
}

}  // namespace assay::engine
