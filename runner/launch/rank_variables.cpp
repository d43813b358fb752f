#include "runner/launch/rank_variables.h"

#include <array>
#include <cstdint>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "core/error.h"
#include "core/io/command.h"
#include "core/text.h"

namespace assay::launch {
namespace {

constexpr std::array<const char*, 4> torchrun_names{"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"};
constexpr std::int64_t first_port = 20000, n_ports = 10000;  // a step of Slurm meets at one of these
constexpr double ask_hosts_s = 30;

std::int64_t number_of(const char* name, const std::string& value, std::int64_t least, std::int64_t most) {
  const auto number = parse_integer(value);
  if (number && *number >= least && *number <= most) return *number;
  throw Error(Kind::usage,
              text("the variable ", name, " is ", value, ", not a number from ", least, " to ", most),
              "unset it, or start the processes with torchrun, srun or --nproc");
}

int descriptor_of(const StartedWith& started, const char* name) {
  const auto value = started.variable(name);
  return value ? static_cast<int>(number_of(name, *value, 0, 1 << 20)) : -1;
}

/// What comes within so long through a pipe on which one line is said at most.
std::string news_from(int pipe, double wait_s) {
  pollfd waiting{pipe, POLLIN, 0};
  std::array<char, 4096> said{};
  if (::poll(&waiting, 1, static_cast<int>(wait_s * 1e3)) <= 0) return {};
  const ssize_t n = ::read(pipe, said.data(), said.size());
  return n > 0 ? std::string(trim(std::string_view(said.data(), static_cast<std::size_t>(n))))
               : std::string();
}

[[noreturn]] void fail_half_set(const std::vector<std::string>& set,
                                const std::vector<std::string>& missing) {
  throw Error(Kind::usage,
              text("of the variables that make a process one of several, ", join(set, ", "),
                   set.size() == 1 ? " is set, but " : " are set, but ", join(missing, ", "),
                   missing.size() == 1 ? " is not" : " are not"),
              "set all four, as torchrun does, or none of them");
}

/// Of torchrun, and of all who do as it does.
std::optional<RankPlace> place_of_torchrun(const StartedWith& started) {
  std::vector<std::string> set, missing, values;
  for (const char* name : torchrun_names) {
    const auto value = started.variable(name);
    (value ? set : missing).emplace_back(name);
    values.push_back(value.value_or(""));
  }
  // Where to meet is also set for other programs, and one process has nobody to meet.
  const std::string &rank = values[0], &size = values[1];
  if ((rank.empty() && size.empty()) || size == "1") return std::nullopt;
  if (!missing.empty()) fail_half_set(set, missing);
  RankPlace place;
  place.size = static_cast<int>(number_of("WORLD_SIZE", size, 1, 1 << 20));
  place.rank = static_cast<int>(number_of("RANK", rank, 0, place.size - 1));
  place.host = values[2];
  place.port = static_cast<int>(number_of("MASTER_PORT", values[3], 1, 65535));
  place.is_served = started.variable("TORCHELASTIC_USE_AGENT_STORE").value_or("") == "True";
  place.listening = descriptor_of(started, socket_variable);
  if (const int news = descriptor_of(started, news_variable); news >= 0) {
    place.cause_of_loss = [news](double wait_s) { return news_from(news, wait_s); };
  }
  return place;
}

std::string first_host(const StartedWith& started, const std::string& nodes) {
  const std::vector<std::string> hosts = started.hosts(nodes);
  if (!hosts.empty()) return hosts.front();
  throw Error(Kind::usage, text("`scontrol show hostnames ", nodes, "` names no machine"),
              "set MASTER_ADDR to where rank 0 runs");
}

/// Only within a step: in the batch script itself the variables of Slurm say nothing of this process.
std::optional<RankPlace> place_of_slurm(const StartedWith& started) {
  const auto step = started.variable("SLURM_STEP_ID"), rank = started.variable("SLURM_PROCID");
  const auto tasks = started.variable("SLURM_STEP_NUM_TASKS"),
             nodes = started.variable("SLURM_STEP_NODELIST");
  if (!step || !rank || !tasks || !nodes || *tasks == "1") return std::nullopt;
  RankPlace place;
  place.size = static_cast<int>(number_of("SLURM_STEP_NUM_TASKS", *tasks, 1, 1 << 20));
  place.rank = static_cast<int>(number_of("SLURM_PROCID", *rank, 0, place.size - 1));
  place.host = started.variable("MASTER_ADDR").value_or("");
  if (place.host.empty()) place.host = first_host(started, *nodes);
  const std::int64_t job = parse_integer(started.variable("SLURM_JOB_ID").value_or("0")).value_or(0);
  const std::int64_t spread = 7 * job + parse_integer(*step).value_or(0);
  const auto port = started.variable("MASTER_PORT");
  place.port =
      static_cast<int>(port ? number_of("MASTER_PORT", *port, 1, 65535) : first_port + spread % n_ports);
  return place;
}

/// What is started from here has no use for it.
void keep_to_ourselves(int descriptor) {
  if (descriptor >= 0) ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

}  // namespace

std::optional<RankPlace> rank_place(const StartedWith& started) {
  if (auto place = place_of_torchrun(started)) return place;
  return place_of_slurm(started);
}

std::optional<RankPlace> rank_place_of_this_process() {
  StartedWith started;
  started.variable = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
  started.hosts = [](const std::string& list) {
    const CommandEnd end = run_command({"scontrol", "show", "hostnames", list}, {.seconds = ask_hosts_s});
    std::vector<std::string> hosts = split(end.out, '\n');
    std::erase_if(hosts, [](const std::string& host) { return host.empty(); });
    return hosts;
  };
  keep_to_ourselves(descriptor_of(started, socket_variable));
  keep_to_ourselves(descriptor_of(started, news_variable));
  return rank_place(started);
}

}  // namespace assay::launch
