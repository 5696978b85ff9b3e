// Every change of a context, with every write and sync of it failing.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/directory.h"
#include "stowage/context/project_context_manager.h"
#include "stowage/registry/project_registry.h"
#include "tests/support/fault_table.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

NewMessage Text(std::string text, double importance = 0.5) {
  return {.role = MessageRole::kUser,
          .text = std::move(text),
          .metadata = {},
          .importance = importance};
}

class ContextUnderFaults {
 public:
  explicit ContextUnderFaults(const std::string& path)
      : directory_(*loadline::Directory::Open(path)) {
    auto registry = ProjectRegistry::Open(*directory_);
    EXPECT_OK(registry);
    registry_ = *std::move(registry);
    auto contexts = ProjectContextManager::Open(*directory_, *registry_);
    EXPECT_OK(contexts);
    contexts_ = *std::move(contexts);
  }

  void Seed() {
    for (const char* name : {"spoken", "silent"}) {
      EXPECT_OK(registry_->Register({.name = *ProjectName::Parse(name),
                                     .source_path = "/src",
                                     .language = {},
                                     .metadata = {}}));
    }
    for (int i = 0; i < 8; ++i) {
      EXPECT_OK(contexts_->Append(spoken(), Text(absl::StrCat("text ", i), 0.1 * i)));
    }
    EXPECT_OK(contexts_->PutCache(spoken(), "key", "value"));
    EXPECT_OK(contexts_->PutCache(spoken(), "other", "value"));
  }
  std::string Snapshot() {
    std::string text;
    for (const ProjectId& id : {spoken(), silent()}) {
      const auto messages = contexts_->Recent(id, 1'000);
      EXPECT_OK(messages);
      for (const Message& message : *messages) {
        if (message.text == "probe") continue;
        absl::StrAppend(&text, message.sequence, " ", message.text.substr(0, 8), " ",
                        message.text.size(), "\n");
        EXPECT_OK(contexts_->Get(id, message.sequence));
      }
      for (const char* key : {"key", "other", "new"}) {
        const auto value = contexts_->GetCache(id, key);
        absl::StrAppend(&text, key, " ", value.ok() ? *value : "none", "\n");
      }
    }
    return text;
  }
  absl::Status Probe() {
    const absl::Status here = contexts_->Append(spoken(), Text("probe")).status();
    return here.ok() ? contexts_->Append(silent(), Text("probe")).status() : here;
  }

  ProjectContextManager& contexts() { return *contexts_; }
  ProjectId spoken() const { return Id("spoken"); }
  ProjectId silent() const { return Id("silent"); }  // it has no file

 private:
  ProjectId Id(const std::string& name) const {
    return (*registry_->FindByName(*ProjectName::Parse(name)))->id;
  }

  std::unique_ptr<loadline::Directory> directory_;
  std::unique_ptr<ProjectRegistry> registry_;
  std::unique_ptr<ProjectContextManager> contexts_;
};

TEST(ContextFaultTable, AFailedCallLeavesTheStateBeforeOrAfterIt) {
  using C = ContextUnderFaults;
  loadline::testing::FaultTable<C>(
      {{"append", [](C& c) { return c.contexts().Append(c.spoken(), Text("new")).status(); }},
       {"append a long text",
        [](C& c) {
          return c.contexts().Append(c.spoken(), Text(std::string(30'000, 'l'))).status();
        }},
       {"append several",
        [](C& c) {
          return c.contexts().AppendBatch(c.spoken(), {Text("x"), Text("y"), Text("z")}).status();
        }},
       {"append the first message",
        [](C& c) { return c.contexts().Append(c.silent(), Text("new")).status(); }},
       {"prune",
        [](C& c) {
          return c.contexts().Prune(c.spoken(), {.keep = 3, .keep_recent = 1}).status();
        }},
       {"clear", [](C& c) { return c.contexts().Clear(c.spoken()); }},
       {"put into the cache", [](C& c) { return c.contexts().PutCache(c.spoken(), "new", "v"); }},
       {"replace in the cache", [](C& c) { return c.contexts().PutCache(c.spoken(), "key", "v"); }},
       {"erase from the cache", [](C& c) { return c.contexts().EraseCache(c.spoken(), "key"); }}})
      .Run();
}

}  // namespace
}  // namespace stowage
