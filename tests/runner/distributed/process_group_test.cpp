// Ranks that meet, add up, and miss one another.
#include "runner/distributed/process_group.h"

#include <atomic>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "tests/runner/distributed/ranks_in_threads.h"

namespace assay::distributed {
namespace {

using testing::caught_of_each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::in_each;
using ::testing::IsEmpty;
using testing::places;
using testing::words_of;

TEST(ProcessGroup, AddsUpInAllOfThem) {
  in_each(places(3), [](const RankPlace& place) {
    ProcessGroup group(place);
    const at::Tensor values = at::arange(5, at::kFloat).add(place.rank);

    group.sum(values);

    EXPECT_TRUE(values.equal(at::arange(5, at::kFloat).mul(3).add(3)));
  });
}

TEST(ProcessGroup, GivesWhatRank0HasToAll) {
  in_each(places(2), [](const RankPlace& place) {
    ProcessGroup group(place);
    const at::Tensor values = at::full({4}, place.rank, at::kLong);

    group.broadcast(values);

    EXPECT_TRUE(values.equal(at::full({4}, 0, at::kLong)));
    EXPECT_EQ(group.broadcast(place.rank == 0 ? std::string("said") : std::string("unsaid")), "said");
    EXPECT_EQ(group.broadcast(std::string()), "");
  });
}

TEST(ProcessGroup, GathersWhatEachGaveInRank0) {
  in_each(places(3), [](const RankPlace& place) {
    ProcessGroup group(place);

    const std::vector<std::string> all = group.gather(std::string(static_cast<std::size_t>(place.rank), 'x'));

    if (place.rank == 0) {
      EXPECT_THAT(all, ElementsAre("", "x", "xx"));
    } else {
      EXPECT_THAT(all, IsEmpty());
    }
  });
}

TEST(ProcessGroup, NamesRanksThatDoNotCome) {
  std::vector<RankPlace> ranks = places(3);
  ranks.front().arrival_s = 0.3;
  ranks.resize(1);

  const auto caught = caught_of_each(ranks, [](const RankPlace& place) { ProcessGroup group(place); });

  EXPECT_THAT(words_of(caught[0]), HasSubstr("of 3 processes ranks 1, 2 did not come within 0.3 s"));
}

TEST(ProcessGroup, DoesNotWaitForOneThatIsKnownToBeGone) {
  std::vector<RankPlace> ranks = places(2);
  ranks.front().cause_of_loss = [](double) { return std::string("rank 1 ended with exit code 4"); };
  ranks.resize(1);

  const auto caught = caught_of_each(ranks, [](const RankPlace& place) { ProcessGroup group(place); });

  EXPECT_THAT(words_of(caught[0]), HasSubstr("rank 1 ended with exit code 4"));
}

TEST(ProcessGroup, GivesUpWaitingWhereItIsStopped) {
  std::vector<RankPlace> ranks = places(2);
  ranks.resize(1);
  const std::atomic<bool> stop = true;

  const auto caught =
      caught_of_each(ranks, [&](const RankPlace& place) { ProcessGroup group(place, &stop); });

  EXPECT_THAT(words_of(caught[0]), HasSubstr("rank 0 was stopped while not all processes were there"));
}

TEST(ProcessGroup, SaysWhereItFoundNobody) {
  RankPlace place;
  place.rank = 1;
  place.size = 2;
  place.port = port_of(listen_at("127.0.0.1", 0).get());  // free again
  place.arrival_s = 0.1;

  const auto caught = caught_of_each({place}, [](const RankPlace& one) { ProcessGroup group(one); });

  EXPECT_THAT(words_of(caught[0]), HasSubstr(text("rank 1 found nobody at 127.0.0.1 port ", place.port)));
}

TEST(ProcessGroup, RefusesWhoTrainsSomethingElse) {
  std::vector<RankPlace> ranks = places(2);
  ranks[1].run = "another";

  const auto caught = caught_of_each(ranks, [](const RankPlace& place) { ProcessGroup group(place); });

  for (const auto& refusal : caught) {
    EXPECT_THAT(words_of(refusal), HasSubstr("rank 1 is to train another, but rank 0 trains a run"));
  }
}

TEST(ProcessGroup, SaysWhyAnotherOneLeft) {
  const auto caught = caught_of_each(places(2), [](const RankPlace& place) {
    ProcessGroup group(place);
    if (place.rank == 1) return group.leave("out of memory");
    group.meet();
  });

  EXPECT_THAT(words_of(caught[0]), HasSubstr("rank 1 failed: out of memory"));
}

TEST(ProcessGroup, SaysWhatTheStarterKnowsOfOneThatIsGone) {
  const auto caught = caught_of_each(places(2), [](RankPlace place) {
    place.cause_of_loss = [](double wait_s) {
      if (wait_s == 0) return std::string();
      return std::string("rank 1 was killed by signal 9");
    };
    ProcessGroup group(place);
    if (place.rank == 0) group.meet();
  });

  EXPECT_THAT(words_of(caught[0]), HasSubstr("rank 1 was killed by signal 9"));
}

TEST(ProcessGroup, APortThatIsTakenIsSaid) {
  const Descriptor taken = listen_at("127.0.0.1", 0);
  RankPlace place;
  place.size = 2;
  place.port = port_of(taken.get());

  const auto caught = caught_of_each({place}, [](const RankPlace& one) { ProcessGroup group(one); });

  EXPECT_THAT(words_of(caught[0]), HasSubstr("the port is taken"));
}

}  // namespace
}  // namespace assay::distributed
