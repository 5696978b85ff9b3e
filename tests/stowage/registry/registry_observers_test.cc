#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "loadline/base/log.h"
#include "stowage/registry/notifier.h"
#include "tests/stowage/registry/registry_fixture.h"
#include "tests/support/ends_in_time.h"
#include "tests/support/quiet_log.h"

namespace stowage {
namespace {

using Kind = RegistryChange::Kind;
using ::testing::ElementsAre;

using RegistryObservers = testing::RegistryTest;

std::string Describe(const RegistryChange& change) {
  const char* const kinds[] = {"registered", "metadata", "status", "removed", "active"};
  const auto name = [](const ProjectRecordPtr& record) {
    return record == nullptr ? std::string("-") : record->name.text();
  };
  return std::string(kinds[static_cast<int>(change.kind)]) + " " + name(change.before) + " " +
         name(change.after);
}

TEST_F(RegistryObservers, AreToldOfEveryChangeInOrder) {
  std::vector<std::string> told;
  registry_->AddObserver([&](const RegistryChange& change) { told.push_back(Describe(change)); });
  const ProjectId a = Register("a");
  const ProjectId b = Register("b");
  ASSERT_OK(registry_->UpdateMetadata(a, {{"k", "v"}}));
  ASSERT_OK(registry_->SetActive(a));
  ASSERT_OK(registry_->SetActive(b));
  ASSERT_OK(registry_->SetStatus(b, ProjectStatus::kRemoving));
  ASSERT_OK(registry_->SetActive(a));
  ASSERT_OK(registry_->Remove(a));
  EXPECT_THAT(told, ElementsAre("registered - a", "registered - b", "metadata a a", "active - a",
                                "active a b", "active b -", "status b b", "active - a",
                                "active a -", "removed a -"));
}

TEST_F(RegistryObservers, AreToldOfNothingThatFailed) {
  int told = 0;
  Register("a");
  registry_->AddObserver([&](const RegistryChange&) { ++told; });
  EXPECT_FALSE(registry_->Register(testing::Project("a")).ok());
  EXPECT_FALSE(registry_->Remove(*ProjectId::Generate()).ok());
  EXPECT_EQ(told, 0);
}

TEST_F(RegistryObservers, SeeTheChangeInTheRegistryAlready) {
  size_t count = 0;
  registry_->AddObserver([&](const RegistryChange& change) {
    count = registry_->Count();
    EXPECT_TRUE(registry_->Contains(change.after->id));
  });
  Register("a");
  EXPECT_EQ(count, 1u);
}

TEST_F(RegistryObservers, RunInTheOrderTheyWereAddedAndNoMoreOnceRemoved) {
  std::string told;
  registry_->AddObserver([&](const RegistryChange&) { told += "1"; });
  const int second = registry_->AddObserver([&](const RegistryChange&) { told += "2"; });
  registry_->AddObserver([&](const RegistryChange&) { told += "3"; });
  Register("a");
  registry_->RemoveObserver(second);
  registry_->RemoveObserver(second);
  Register("b");
  EXPECT_EQ(told, "12313");
}

TEST_F(RegistryObservers, MayRemoveThemselves) {
  int told = 0;
  int number = 0;
  number = registry_->AddObserver([&](const RegistryChange&) {
    ++told;
    registry_->RemoveObserver(number);
  });
  Register("a");
  Register("b");
  EXPECT_EQ(told, 1);
}

TEST_F(RegistryObservers, MayBeRemovedInALogSinkThatTheyWaitFor) {
  const loadline::testing::QuietLog quiet;
  std::atomic<bool> running{false};
  std::atomic<bool> in_sink{false};
  const int number = registry_->AddObserver([&](const RegistryChange&) {
    running = true;
    while (!in_sink) std::this_thread::yield();
    loadline::Log({.level = loadline::LogLevel::kWarning, .component = "test", .message = "two"});
  });
  loadline::SetLogSink([&](const loadline::LogRecord& record) {
    if (record.message != "one") return;
    in_sink = true;
    while (!running) std::this_thread::yield();
    registry_->RemoveObserver(number);
  });
  loadline::testing::ExpectToEnd([&] {
    std::thread changer([&] { Register("a"); });
    loadline::Log({.level = loadline::LogLevel::kWarning, .component = "test", .message = "one"});
    changer.join();
  });
}

TEST(Notifier, ObserversOfTwoMayRemoveEachOtherAtOnce) {
  Notifier<int> one("one");
  Notifier<int> two("two");
  std::atomic<int> running{0};
  const auto both_run = [&] {
    ++running;
    while (running < 2) std::this_thread::yield();
  };
  int of_one = 0;
  int of_two = 0;
  of_one = one.Add([&](const int&) {
    both_run();
    two.Remove(of_two);
  });
  of_two = two.Add([&](const int&) {
    both_run();
    one.Remove(of_one);
  });
  const int event = 1;
  loadline::testing::ExpectToEnd([&] {
    std::thread other([&] { two.Deliver(two.Queue({&event, 1})); });
    one.Deliver(one.Queue({&event, 1}));
    other.join();
  });
}

TEST_F(RegistryObservers, MayThrowWithoutStoppingTheNext) {
  const loadline::testing::QuietLog quiet;
  int told = 0;
  registry_->AddObserver([](const RegistryChange&) { throw std::runtime_error("no"); });
  registry_->AddObserver([&](const RegistryChange&) { ++told; });
  Register("a");
  Register("b");
  EXPECT_EQ(told, 2);
}

TEST_F(RegistryObservers, AreToldInOrderByManyThreads) {
  // No lock: observers run one at a time.
  std::vector<int64_t> sequences;
  registry_->AddObserver(
      [&](const RegistryChange& change) { sequences.push_back(change.after->sequence); });
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 20; ++i) Register(std::to_string(t) + "/" + std::to_string(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(sequences.size(), 120u);
  for (size_t i = 0; i < sequences.size(); ++i) {
    EXPECT_EQ(sequences[i], static_cast<int64_t>(i) + 1);
  }
}

TEST_F(RegistryObservers, AreNotRunningOnceRemoved) {
  std::atomic<bool> stop{false};
  std::thread changer([&] {
    for (int i = 0; !stop; ++i) Register(std::to_string(i));
  });
  for (int round = 0; round < 20; ++round) {
    auto alive = std::make_unique<std::atomic<int>>(0);
    const int number =
        registry_->AddObserver([&count = *alive](const RegistryChange&) { ++count; });
    while (*alive < 2) std::this_thread::yield();
    registry_->RemoveObserver(number);
    alive.reset();  // a late call would touch freed memory
  }
  stop = true;
  changer.join();
}

}  // namespace
}  // namespace stowage
