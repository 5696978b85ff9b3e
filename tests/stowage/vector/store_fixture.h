#ifndef TESTS_STOWAGE_VECTOR_STORE_FIXTURE_H_
#define TESTS_STOWAGE_VECTOR_STORE_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "loadline/base/directory.h"
#include "stowage/registry/project_registry.h"
#include "stowage/vector/vector_store_manager.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace stowage::testing {

// A registry in a temporary workspace, and a manager that a test can close and open again.
class StoreFixture : public ::testing::Test {
 protected:
  StoreFixture() {
    auto directory = loadline::Directory::Open(temp_.path());
    EXPECT_OK(directory);
    directory_ = *std::move(directory);
    auto registry = ProjectRegistry::Open(*directory_);
    EXPECT_OK(registry);
    registry_ = *std::move(registry);
    OpenManager({});
  }

  void OpenManager(const VectorOptions& options) {
    manager_.reset();
    auto manager = VectorStoreManager::Open(*directory_, *registry_, options);
    ASSERT_OK(manager);
    manager_ = *std::move(manager);
  }

  ProjectId NewProject(const std::string& name) {
    auto id = registry_->Register({.name = *ProjectName::Parse(name),
                                   .source_path = "/src/" + name,
                                   .language = "cpp",
                                   .metadata = {}});
    EXPECT_OK(id);
    return *id;
  }

  ProjectId NewStore(const std::string& name, const StoreConfig& config) {
    const ProjectId id = NewProject(name);
    EXPECT_OK(manager_->Create(id, config));
    return id;
  }

  std::string FileOf(const ProjectId& id) const {
    return temp_.path() + "/projects/" + id.hex() + "/vectors.db";
  }

  loadline::testing::TempDir temp_;
  std::unique_ptr<loadline::Directory> directory_;
  std::unique_ptr<ProjectRegistry> registry_;
  std::unique_ptr<VectorStoreManager> manager_;
};

}  // namespace stowage::testing

#endif  // TESTS_STOWAGE_VECTOR_STORE_FIXTURE_H_
