// Jobs of a Slurm cluster, by its own commands: sbatch, squeue, scancel and scontrol, which must be on the
// PATH of whoever submits. What they print is asked for in formats that all versions since 20.11 have.
#pragma once

#include <string>
#include <vector>

#include "registry/contracts/launcher.h"
#include "registry/units.h"

namespace assay::launchers {

struct SlurmParams {
  std::string partition;
  std::string account;
  std::string qos;
  std::string constraint;
  std::string gres;
  std::string mem;
  std::int64_t cpus = 1;
  Duration time{3600, Duration::Unit::seconds};
  Duration notice{180, Duration::Unit::seconds};
  std::int64_t width = 64;
  std::optional<std::int64_t> workers;
  std::vector<std::string> options;
  std::vector<std::string> setup;

  static void describe(Fields<SlurmParams>& f);
};

class Slurm final : public Launcher, public Cluster {
 public:
  using Params = SlurmParams;
  Slurm(const Params& params, const Needs& needs);
  const Cluster* cluster() const override { return this; }

  std::int64_t most_jobs() const override;
  std::int64_t room(const LaunchNeeds& needs) const override;
  double notice_s() const override { return params_.notice.amount; }
  std::string script(const LaunchOrder& order) const override;
  std::string rehearse(const LaunchOrder& order) const override;
  LaunchedJobs submit(const LaunchOrder& order) const override;
  std::optional<LaunchedJobs> find(const std::string& name) const override;
  std::vector<QueuedJobs> queue(const std::vector<std::string>& names) const override;
  void cancel(const std::vector<std::string>& names) const override;

 private:
  std::string report_script(const LaunchOrder& order) const;
  std::vector<std::string> site_options() const;
  std::string submit_report(const LaunchOrder& order, const std::string& work) const;

  Params params_;
};

}  // namespace assay::launchers
