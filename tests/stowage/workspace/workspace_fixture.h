#ifndef TESTS_STOWAGE_WORKSPACE_WORKSPACE_FIXTURE_H_
#define TESTS_STOWAGE_WORKSPACE_WORKSPACE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "stowage/workspace/workspace.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace stowage {

// Registers a project with one message and one vector.
inline ProjectId MakeProject(Workspace& workspace, const std::string& name) {
  const auto id = workspace.registry().Register(
      {.name = *ProjectName::Parse(name), .source_path = "/", .language = "c++", .metadata = {}});
  EXPECT_OK(id);
  EXPECT_OK(workspace.contexts().Append(*id, {.text = "hello"}));
  EXPECT_OK(workspace.vectors().Create(*id, {.dimension = 2, .metric = Metric::kSquaredL2}));
  std::vector<VectorEntry> entries(1);
  entries[0] = {.id = 1,
                .values = {1, 2},
                .chunk = {.file = "a.cc", .first_line = 1, .last_line = 2, .language = "c++"}};
  EXPECT_OK(workspace.vectors().Add(*id, std::move(entries)));
  return *id;
}

inline void ExpectWhole(Workspace& workspace, const ProjectId& id) {
  EXPECT_OK(workspace.registry().Get(id));
  const auto messages = workspace.contexts().Recent(id, 10);
  ASSERT_OK(messages);
  EXPECT_EQ(messages->size(), 1u);
  EXPECT_THAT(workspace.vectors().Count(id), loadline::testing::IsOkAndHolds(1u));
}

inline void ExpectGone(Workspace& workspace, const ProjectId& id) {
  const auto not_found = loadline::testing::StatusIs(absl::StatusCode::kNotFound);
  EXPECT_THAT(workspace.registry().Get(id), not_found);
  EXPECT_THAT(workspace.contexts().Recent(id, 10), not_found);
  EXPECT_THAT(workspace.contexts().Append(id, {.text = "late"}), not_found);
  EXPECT_THAT(workspace.vectors().Count(id), not_found);
}

inline void ExpectNoTrace(const loadline::testing::TempDir& temp, const ProjectId& id) {
  EXPECT_FALSE(std::filesystem::exists(temp.Path("projects/" + id.hex())));
  EXPECT_FALSE(std::filesystem::exists(temp.Path("trash/" + id.hex())));
}

}  // namespace stowage

#endif  // TESTS_STOWAGE_WORKSPACE_WORKSPACE_FIXTURE_H_
