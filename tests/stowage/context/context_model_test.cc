#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stowage/context/prune_choice.h"
#include "tests/stowage/context/context_fixture.h"

namespace stowage {
namespace {

// What a project's context should hold, in the simplest words.
struct Model {
  struct Said {
    int64_t sequence;
    std::string text;
    double importance;
  };
  std::vector<Said> messages;
  std::map<std::string, std::string> cache;
  int64_t last_sequence = 0;
};

class ContextModelTest : public ContextFixture {
 protected:
  // One random operation on a project, done to both.
  void Step(const ProjectId& id, Model& model, int step) {
    const auto choice = random_() % 100;
    if (choice < 50) {
      AppendToBoth(id, model, absl::StrCat(step, std::string(random_() % 300, 't')));
    } else if (choice < 60) {
      PruneBoth(id, model, {.keep = random_() % 20, .keep_recent = random_() % 8});
    } else if (choice < 75) {
      const std::string key = RandomKey();
      model.cache[key] = absl::StrCat("v", step);
      ASSERT_OK(contexts_->PutCache(id, key, model.cache[key]));
    } else if (choice < 80) {
      const std::string key = RandomKey();
      model.cache.erase(key);
      ASSERT_OK(contexts_->EraseCache(id, key));
    } else if (choice < 82) {
      ASSERT_OK(contexts_->Clear(id));
      model = {.last_sequence = model.last_sequence};
    } else if (choice < 85) {
      Reopen();
    } else {
      Compare(id, model);
    }
  }

  void AppendToBoth(const ProjectId& id, Model& model, const std::string& text) {
    const double importance = static_cast<double>(random_() % 5) / 4;
    ASSERT_EQ(Say(id, text, importance), ++model.last_sequence);
    model.messages.push_back({model.last_sequence, text, importance});
  }

  void PruneBoth(const ProjectId& id, Model& model, const PruneRule& rule) {
    std::vector<PruneCandidate> candidates;
    for (const Model::Said& said : model.messages) {
      candidates.push_back({said.sequence, said.importance});
    }
    const std::vector<int64_t> removed = ChoosePruned(candidates, rule);
    const auto pruned = contexts_->Prune(id, rule);
    ASSERT_OK(pruned);
    ASSERT_EQ(pruned->removed, removed.size());
    std::erase_if(model.messages, [&](const Model::Said& said) {
      return std::binary_search(removed.begin(), removed.end(), said.sequence);
    });
    ASSERT_EQ(pruned->kept, model.messages.size());
  }

  void Compare(const ProjectId& id, const Model& model) {
    std::vector<std::string> texts;
    for (const Model::Said& said : model.messages) texts.push_back(said.text);
    ASSERT_EQ(Texts(id), texts);
    for (int k = 0; k < kKeys; ++k) {
      const std::string key = absl::StrCat("k", k);
      const auto value = contexts_->GetCache(id, key);
      ASSERT_EQ(value.ok(), model.cache.contains(key)) << value.status();
      if (value.ok()) {
        ASSERT_EQ(*value, model.cache.at(key));
      }
    }
    ASSERT_EQ(contexts_->Stats(id)->messages, static_cast<int64_t>(texts.size()));
  }

  static constexpr int kKeys = 6;
  std::string RandomKey() { return absl::StrCat("k", random_() % kKeys); }

  std::mt19937 random_{11};
};

TEST_F(ContextModelTest, AgreesUnderRandomOperationsAndReopens) {
  Reopen({.max_resident = 2, .max_resident_bytes = 6'000});
  std::vector<ProjectId> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(Register(absl::StrCat("p", i)));
  std::map<ProjectId, Model> models;
  for (int step = 0; step < 600; ++step) {
    const ProjectId& id = ids[random_() % ids.size()];
    ASSERT_NO_FATAL_FAILURE(Step(id, models[id], step)) << "step " << step;
    ASSERT_LE(contexts_->Stats().resident, 2u);
  }
  for (const ProjectId& id : ids) Compare(id, models[id]);
}

}  // namespace
}  // namespace stowage
