#include "stowage/vector/project_turns.h"

#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace stowage {
namespace {

void WaitUntilInLine(ProjectTurns& turns, const ProjectId& id, uint64_t count) {
  while (turns.InLine(id) < count) std::this_thread::yield();
}

TEST(ProjectTurns, AreTakenInTheOrderOfAsking) {
  ProjectTurns turns;
  const ProjectId id = ProjectId::Generate().value();
  std::vector<int> order;  // guarded by the turn
  std::vector<std::thread> threads;
  {
    const ProjectTurns::Turn held(turns, id);
    for (int i = 0; i < 5; ++i) {
      threads.emplace_back([&turns, &id, &order, i] {
        const ProjectTurns::Turn turn(turns, id);
        order.push_back(i);
      });
      WaitUntilInLine(turns, id, static_cast<uint64_t>(i) + 2);
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

// Letting go and asking again at once must not overtake somebody who waits.
TEST(ProjectTurns, CannotBeKeptByAskingAgain) {
  ProjectTurns turns;
  const ProjectId id = ProjectId::Generate().value();
  std::vector<char> order;
  std::thread other;
  {
    const ProjectTurns::Turn held(turns, id);
    other = std::thread([&] {
      const ProjectTurns::Turn turn(turns, id);
      order.push_back('b');
    });
    WaitUntilInLine(turns, id, 2);
  }
  {
    const ProjectTurns::Turn again(turns, id);
    order.push_back('a');
  }
  other.join();
  EXPECT_EQ(order, (std::vector<char>{'b', 'a'}));
}

TEST(ProjectTurns, OfDifferentProjectsDoNotWaitForEachOther) {
  ProjectTurns turns;
  const ProjectTurns::Turn one(turns, ProjectId::Generate().value());
  const ProjectTurns::Turn other(turns, ProjectId::Generate().value());  // would never return
  SUCCEED();
}

TEST(ProjectTurns, LeaveNothingBehind) {
  ProjectTurns turns;
  const ProjectId id = ProjectId::Generate().value();
  { const ProjectTurns::Turn turn(turns, id); }
  EXPECT_EQ(turns.InLine(id), 0u);
}

}  // namespace
}  // namespace stowage
