#include "runner/distributed/process_group.h"

#include <chrono>
#include <exception>
#include <thread>
#include <utility>

#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <torch/csrc/inductor/aoti_torch/c/shim.h>
#include <torch/headeronly/version.h>

#include "core/error.h"
#include "core/io/sockets.h"
#include "core/text.h"

namespace assay::distributed {
namespace {

using Gloo = c10d::ProcessGroupGloo;
using Milliseconds = std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;
using Tensors = std::vector<at::Tensor>;

constexpr const char* left_key = "left";
constexpr int n_threads = 2;  // that Gloo sends and receives with
constexpr Milliseconds look_every(20);
constexpr double longest_try_s = 1;
constexpr double wait_for_cause_s = 3;

Milliseconds milliseconds(double seconds) { return Milliseconds(static_cast<std::int64_t>(seconds * 1e3)); }

std::string arrival_key(int rank) { return text("here/", rank); }

std::string first_line_of(const std::exception& error) {
  const std::string_view all = error.what();
  return std::string(all.substr(0, all.find('\n')));
}

[[noreturn]] void fail_to_bridge(const std::string& why) {
  throw Error(Kind::device, text("several processes cannot train together here: ", why),
              text("build assay with LibTorch ", ASSAY_TORCH_BRIDGED, ", or leave out --nproc"));
}

/// Gloo's own headers are not there, so nothing is taken for granted: the version is one that was tried, and
/// what LibTorch builds is, through our eyes, what it is.
void check_version() {
  if (aoti_torch_abi_version() != TORCH_ABI_VERSION) {
    fail_to_bridge(text("assay was compiled for LibTorch ", TORCH_VERSION, ", but another one is loaded"));
  }
  const std::string version = text(TORCH_VERSION_MAJOR, '.', TORCH_VERSION_MINOR);
  if (version != ASSAY_TORCH_BRIDGED) {
    fail_to_bridge(text("LibTorch ", TORCH_VERSION, " comes without Gloo's headers and was not tried"));
  }
}

void check_options(const Gloo::Options& options, Milliseconds timeout) {
  const bool is_as_built = options.backend == c10d::GLOO_BACKEND_NAME && options.timeout == timeout &&
                           options.devices.empty() && options.threads == n_threads;
  if (!is_as_built) fail_to_bridge(text("LibTorch ", TORCH_VERSION, " lays out Gloo's options differently"));
}

void check_group(Gloo& group, const RankPlace& place) {
  const bool is_as_built = group.getBackendName() == c10d::GLOO_BACKEND_NAME &&
                           group.getRank() == place.rank && group.getSize() == place.size &&
                           group.getNumThreads() == n_threads;
  if (!is_as_built) fail_to_bridge(text("LibTorch ", TORCH_VERSION, " lays out Gloo's group differently"));
}

/// Of characters, without copying them.
at::Tensor tensor_of(std::string& bytes) {
  return at::from_blob(bytes.data(), {static_cast<std::int64_t>(bytes.size())}, at::kByte);
}

}  // namespace

class ProcessGroup::Connection {
 public:
  Connection(RankPlace place, const std::atomic<bool>* stop) : place_(std::move(place)), stop_(stop) {
    check_version();
    try {
      store_ = c10::make_intrusive<c10d::PrefixStore>("assay", open_store());
      await_everyone();
      expect_the_same_run();
      group_ = open_group();
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      fail_lost(error);
    }
    expect_a_right_sum();
  }

  const RankPlace& place() const { return place_; }

  /// Runs one call of c10d to its end.
  template <class Start>
  void await(const Start& start) {
    try {
      start(*group_)->wait();
    } catch (const std::exception& error) {
      fail_lost(error);
    }
  }

  void leave(const std::string& why) noexcept {
    try {
      store_->compareSet(left_key, "", text("rank ", place_.rank, " failed: ", why));
    } catch (const std::exception&) {  // rank 0 is gone already
    }
  }

 private:
  c10::intrusive_ptr<c10d::Store> open_store() {
    c10d::TCPStoreOptions options;
    options.isServer = place_.rank == 0 && !place_.is_served;
    options.waitWorkers = false;  // they are awaited by name
    options.timeout = milliseconds(place_.arrival_s);
    if (options.isServer) {
      Descriptor socket =
          place_.listening >= 0 ? Descriptor(place_.listening) : listen_at(place_.host, place_.port);
      place_.port = port_of(socket.get());
      options.masterListenFd = socket.release();
    }
    options.port = static_cast<std::uint16_t>(place_.port);
    if (!options.isServer) await_meeting_place();
    return c10::make_intrusive<c10d::TCPStore>(place_.host, options);
  }

  void await_meeting_place() {
    const auto deadline = Steady::now() + milliseconds(place_.arrival_s);
    while (!somebody_listens_at(place_.host, place_.port, longest_try_s)) {
      if (is_stopped()) throw Error(Kind::stopped, stopped_text());
      if (Steady::now() > deadline) {
        throw Error(Kind::run,
                    text("rank ", place_.rank, " found nobody at ", place_.host, " port ", place_.port,
                         " within ", place_.arrival_s, " s"),
                    "rank 0 has to be started as well, and to be reached from here");
      }
      std::this_thread::sleep_for(look_every);
    }
  }

  void await_everyone() {
    store_->set(arrival_key(place_.rank), place_.run);
    const auto deadline = Steady::now() + milliseconds(place_.arrival_s);
    std::vector<std::string> keys;
    for (int rank = 0; rank < place_.size; ++rank) keys.push_back(arrival_key(rank));
    while (!store_->check(keys)) {
      if (const std::string cause = known_cause(0); !cause.empty()) throw lost(cause);
      if (is_stopped()) fail_stopped();
      if (Steady::now() > deadline) fail_missing();
      std::this_thread::sleep_for(look_every);
    }
  }

  bool is_stopped() const { return stop_ != nullptr && *stop_; }
  std::string stopped_text() const {
    return text("rank ", place_.rank, " was stopped while not all processes were there");
  }

  /// The others need not wait for the end of their patience.
  [[noreturn]] void fail_stopped() {
    store_->compareSet(left_key, "", stopped_text());
    throw Error(Kind::stopped, stopped_text());
  }

  [[noreturn]] void fail_missing() {
    std::vector<std::string> missing;
    for (int rank = 0; rank < place_.size; ++rank) {
      if (!store_->check({arrival_key(rank)})) missing.push_back(text(rank));
    }
    throw Error(Kind::run,
                text("of ", place_.size, " processes ", missing.size() == 1 ? "rank " : "ranks ",
                     join(missing, ", "), " did not come within ", place_.arrival_s, " s"),
                "look for what they say; all of them have to be started");
  }

  /// All of them look at all, so that none waits for one that refuses; rank 0, which has the store, is the
  /// last to go.
  void expect_the_same_run() {
    std::vector<std::string> runs, looked;
    for (int rank = 0; rank < place_.size; ++rank) {
      runs.push_back(store_->get_to_str(arrival_key(rank)));
      looked.push_back(text("looked/", rank));
    }
    store_->set(text("looked/", place_.rank), "");
    if (place_.rank == 0) store_->wait(looked, milliseconds(place_.arrival_s));
    for (int rank = 1; rank < place_.size; ++rank) {
      const std::string& first = runs.front();
      const std::string& other = runs[static_cast<std::size_t>(rank)];
      if (other == first) continue;
      throw Error(Kind::usage, text("rank ", rank, " is to train ", other, ", but rank 0 trains ", first),
                  "give all of them the same config, data and build");
    }
  }

  c10::intrusive_ptr<Gloo> open_group() {
    const Milliseconds timeout = milliseconds(place_.answer_s);
    auto options = c10::make_intrusive<Gloo::Options>(timeout);
    check_options(*options, timeout);
    options->threads = n_threads;
    options->devices.push_back(Gloo::createDeviceForHostname(address_towards(place_.host)));
    auto group = c10::make_intrusive<Gloo>(store_, place_.rank, place_.size, std::move(options));
    check_group(*group, place_);
    return group;
  }

  /// Known values, over all connections.
  void expect_a_right_sum() {
    constexpr std::int64_t n_values = 1000;
    const at::Tensor values = at::arange(n_values, at::kDouble).add(place_.rank);
    await([&](Gloo& group) {
      Tensors tensors{values};
      return group.allreduce(tensors);
    });
    const auto size = static_cast<double>(place_.size);
    const at::Tensor expected = at::arange(n_values, at::kDouble).mul(size).add(size * (size - 1) / 2);
    if (!values.equal(expected)) fail_to_bridge("a sum of known numbers came out wrong");
  }

  Error lost(const std::string& cause) const {
    return {Kind::run, cause, "the same command goes on with the run, from its last checkpoint"};
  }

  [[noreturn]] void fail_lost(const std::exception& error) {
    std::string cause = known_cause(wait_for_cause_s);
    if (cause.empty())
      cause = text("another process of this run is gone or cannot be reached: ", first_line_of(error));
    throw lost(cause);
  }

  /// What the one that left said, or who started it. Empty if neither is heard of.
  std::string known_cause(double wait_s) {
    std::string cause = what_was_left();
    if (cause.empty() && place_.cause_of_loss) cause = place_.cause_of_loss(wait_s);
    return cause;
  }

  std::string what_was_left() {
    try {
      return store_ != nullptr && store_->check({left_key}) ? store_->get_to_str(left_key) : std::string();
    } catch (const std::exception&) {  // rank 0 is gone, and the store with it
      return {};
    }
  }

  RankPlace place_;
  const std::atomic<bool>* stop_;
  c10::intrusive_ptr<c10d::Store> store_;
  c10::intrusive_ptr<Gloo> group_;
};

ProcessGroup::ProcessGroup(RankPlace place, const std::atomic<bool>* stop)
    : connection_(std::make_unique<Connection>(std::move(place), stop)) {}

ProcessGroup::~ProcessGroup() = default;

int ProcessGroup::rank() const { return connection_->place().rank; }
int ProcessGroup::size() const { return connection_->place().size; }

void ProcessGroup::sum(const at::Tensor& values) {
  connection_->await([&](Gloo& group) {
    Tensors tensors{values};
    return group.allreduce(tensors);
  });
}

void ProcessGroup::broadcast(const at::Tensor& values) {
  connection_->await([&](Gloo& group) {
    Tensors tensors{values};
    return group.broadcast(tensors);
  });
}

std::string ProcessGroup::broadcast(const std::string& bytes) {
  const at::Tensor size = at::zeros({1}, at::kLong);
  size.fill_(static_cast<std::int64_t>(bytes.size()));
  broadcast(size);
  std::string out =
      is_first() ? bytes : std::string(static_cast<std::size_t>(size.item<std::int64_t>()), '\0');
  if (!out.empty()) broadcast(tensor_of(out));
  return out;
}

std::vector<std::string> ProcessGroup::gather(const std::string& bytes) {
  const at::Tensor sizes = at::zeros({size()}, at::kLong);
  sizes[rank()].fill_(static_cast<std::int64_t>(bytes.size()));
  sum(sizes);
  std::vector<std::string> all;
  std::string part = bytes;
  for (int from = 0; from < size(); ++from) {
    const auto count = static_cast<std::size_t>(sizes[from].item<std::int64_t>());
    if (is_first() && from > 0) part.assign(count, '\0');
    const bool is_taking_part = is_first() ? from > 0 : from == rank();
    if (is_taking_part && count > 0) {
      connection_->await([&](Gloo& group) {
        Tensors tensors{tensor_of(part)};
        return is_first() ? group.recv(tensors, from, from) : group.send(tensors, 0, from);
      });
    }
    if (is_first()) all.push_back(std::move(part));
  }
  return all;
}

void ProcessGroup::meet() {
  connection_->await([](Gloo& group) { return group.barrier(); });
}

void ProcessGroup::leave(const std::string& why) noexcept { connection_->leave(why); }

}  // namespace assay::distributed
