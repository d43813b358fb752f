// A program of its own: its parent must not have run a tensor operation before it forks.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/runner/engine/tiny.h"

namespace assay::testing {
namespace {

/// Two children in turn, each of which trains.
void expect_that_children_train(Tiny& tiny) {
  for (int worker = 0; worker < 2; ++worker) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      alarm(120);  // the watchdog: a child that hangs dies of it
      _exit(tiny.train().status == Outcome::Status::finished ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_FALSE(WIFSIGNALED(status)) << "ended by signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
}

TEST(Fork, AfterTheDataWasLoadedTrainsWithTwoThreads) {
  Tiny tiny;  // arrays and bound slots: no tensor yet
  tiny.experiment.threads.count = 2;
  tiny.experiment.train.batch_size = 200;
  tiny.set_model({{"hidden", "4096"}});  // large enough for LibTorch to use both

  expect_that_children_train(tiny);
}

class Points final : public TableDataset {
 public:
  explicit Points(Array x) { add_column("x", std::move(x)); }
};

TEST(Fork, ReadsAheadOnThreadsOfTheChild) {
  Tiny tiny;
  tiny.prepared.dataset = std::make_unique<Points>(tiny.prepared.inputs.at(0));
  tiny.prepared.read_shapes = {{{2}}};
  tiny.prepared.inputs.clear();
  tiny.prepared.is_streamed = true;

  expect_that_children_train(tiny);
}

}  // namespace
}  // namespace assay::testing
