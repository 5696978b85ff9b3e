#ifndef TESTS_STOWAGE_CONTEXT_CONTEXT_FIXTURE_H_
#define TESTS_STOWAGE_CONTEXT_CONTEXT_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "loadline/base/directory.h"
#include "stowage/context/project_context_manager.h"
#include "stowage/registry/project_id.h"
#include "stowage/registry/project_registry.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace stowage {

// A project that no registry of the tests knows.
inline const ProjectId kUnknown = *ProjectId::FromHex("000000000000000000000000000000aa");

// A registry and a context manager over a fresh directory; both can be closed and opened again.
class ContextFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    auto directory = loadline::Directory::Open(temp_.path());
    ASSERT_OK(directory);
    directory_ = *std::move(directory);
    options_.clock = &clock_;
    OpenAll();
  }

  void OpenAll() {
    auto registry = ProjectRegistry::Open(*directory_, {.clock = &clock_});
    ASSERT_OK(registry);
    registry_ = *std::move(registry);
    auto contexts = ProjectContextManager::Open(*directory_, *registry_, options_);
    ASSERT_OK(contexts);
    contexts_ = *std::move(contexts);
  }
  void CloseAll() {
    contexts_.reset();
    registry_.reset();
  }
  void Reopen() {
    CloseAll();
    OpenAll();
  }
  // With other options, on the same directory.
  void Reopen(ContextOptions options) {
    options.clock = &clock_;
    options_ = options;
    Reopen();
  }

  ProjectId Register(const std::string& name) {
    auto id = registry_->Register({.name = *ProjectName::Parse(name),
                                   .source_path = "/src/" + name,
                                   .language = "c++",
                                   .metadata = {}});
    if (!id.ok()) ADD_FAILURE() << id.status();
    return *id;
  }

  int64_t Say(const ProjectId& id, std::string text, double importance = 0.5) {
    auto sequence = contexts_->Append(id, {.role = MessageRole::kUser,
                                           .text = std::move(text),
                                           .metadata = {},
                                           .importance = importance});
    EXPECT_OK(sequence);
    return sequence.ok() ? *sequence : -1;
  }

  std::vector<std::string> Texts(const ProjectId& id, size_t limit = 1'000'000) {
    auto messages = contexts_->Recent(id, limit);
    EXPECT_OK(messages);
    std::vector<std::string> texts;
    if (messages.ok()) {
      for (const Message& message : *messages) texts.push_back(message.text);
    }
    return texts;
  }

  std::string ContextFile(const ProjectId& id) const {
    return "projects/" + id.hex() + "/context.db";
  }

  loadline::testing::TempDir temp_;
  loadline::testing::FakeClock clock_;
  std::unique_ptr<loadline::Directory> directory_;
  ContextOptions options_;
  std::unique_ptr<ProjectRegistry> registry_;
  std::unique_ptr<ProjectContextManager> contexts_;
};

}  // namespace stowage

#endif  // TESTS_STOWAGE_CONTEXT_CONTEXT_FIXTURE_H_
