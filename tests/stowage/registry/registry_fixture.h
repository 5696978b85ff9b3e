#ifndef TESTS_STOWAGE_REGISTRY_REGISTRY_FIXTURE_H_
#define TESTS_STOWAGE_REGISTRY_REGISTRY_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loadline/base/directory.h"
#include "stowage/registry/project_registry.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace stowage::testing {

inline ProjectName Name(absl::string_view text) { return *ProjectName::Parse(text); }

inline NewProject Project(absl::string_view name) {
  return {Name(name), "/src/" + std::string(name), "c++", {}};
}

inline std::vector<std::string> Names(const std::vector<ProjectRecordPtr>& records) {
  std::vector<std::string> names;
  for (const ProjectRecordPtr& record : records) names.push_back(record->name.text());
  return names;
}

// A registry in a fresh directory, which can be closed and opened again.
class RegistryTest : public ::testing::Test {
 protected:
  RegistryTest() : directory_(*loadline::Directory::Open(dir_.path())) { Reopen(); }

  void Reopen() {
    registry_.reset();
    options_.clock = &clock_;
    auto registry = ProjectRegistry::Open(*directory_, options_);
    ASSERT_OK(registry);
    registry_ = *std::move(registry);
  }
  ProjectId Register(absl::string_view name) {
    const auto id = registry_->Register(Project(name));
    EXPECT_OK(id);
    return *id;
  }

  loadline::testing::TempDir dir_;
  std::unique_ptr<loadline::Directory> directory_;
  loadline::testing::FakeClock clock_;
  RegistryOptions options_;
  std::unique_ptr<ProjectRegistry> registry_;
};

}  // namespace stowage::testing

#endif  // TESTS_STOWAGE_REGISTRY_REGISTRY_FIXTURE_H_
