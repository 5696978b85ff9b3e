#include "stowage/registry/registry_mirror.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loadline/base/mutex.h"
#include "tests/stowage/registry/registry_fixture.h"

namespace stowage {
namespace {

using ::stowage::testing::Name;

ProjectRecordPtr Record(int64_t sequence, ProjectStatus status = ProjectStatus::kReady) {
  return std::make_shared<const ProjectRecord>(
      ProjectRecord{.id = ProjectId::Generate().value(),
                    .name = Name(absl::StrCat("project ", sequence)),
                    .source_path = "/src",
                    .language = "c++",
                    .metadata = {},
                    .status = status,
                    .sequence = sequence});
}

// What a thread of another stripe of the lock gets.
ProjectRecordPtr GetElsewhere(const RegistryMirror& mirror, const ProjectId& id) {
  const size_t here = loadline::StripedSharedMutex::ThreadStripe();
  ProjectRecordPtr got;
  for (bool elsewhere = false; !elsewhere;) {
    std::thread([&] {
      elsewhere = loadline::StripedSharedMutex::ThreadStripe() != here;
      got = mirror.Get(id);
    }).join();
  }
  return got;
}

bool ShareACount(const ProjectRecordPtr& a, const ProjectRecordPtr& b) {
  return !a.owner_before(b) && !b.owner_before(a);
}

TEST(RegistryMirror, GivesThreadsTheSameRecordUnderCountsOfTheirOwn) {
  RegistryMirror mirror;
  const ProjectRecordPtr record = Record(1);
  mirror.Put(record);
  const ProjectRecordPtr here = mirror.Get(record->id);
  const ProjectRecordPtr there = GetElsewhere(mirror, record->id);
  EXPECT_EQ(here.get(), record.get());
  EXPECT_EQ(there.get(), record.get());
  EXPECT_FALSE(ShareACount(here, there));
  EXPECT_TRUE(ShareACount(here, mirror.Get(record->id)));
}

TEST(RegistryMirror, GivesNoThreadWhatWasReplacedOrErased) {
  RegistryMirror mirror;
  const ProjectRecordPtr before = Record(1);
  mirror.Put(before);
  mirror.Get(before->id);
  GetElsewhere(mirror, before->id);
  ProjectRecord changed = *before;
  changed.language = "rust";
  mirror.Put(std::make_shared<const ProjectRecord>(changed));
  EXPECT_EQ(mirror.Get(before->id)->language, "rust");
  EXPECT_EQ(GetElsewhere(mirror, before->id)->language, "rust");
  changed.status = ProjectStatus::kRemoving;
  mirror.Put(std::make_shared<const ProjectRecord>(changed));
  EXPECT_EQ(mirror.Get(before->id), nullptr);
  mirror.Erase(before->id);
  EXPECT_EQ(GetElsewhere(mirror, before->id), nullptr);
}

TEST(RegistryMirror, KeepsARecordAliveForWhoeverHoldsIt) {
  RegistryMirror mirror;
  ProjectRecordPtr held;
  ProjectId id = Record(1)->id;
  {
    const ProjectRecordPtr record = Record(2);
    id = record->id;
    mirror.Put(record);
    held = mirror.Get(id);
  }
  mirror.Erase(id);
  EXPECT_EQ(held->sequence, 2);
}

// More than a stripe keeps pointers of its own to.
TEST(RegistryMirror, AnswersRightForMoreProjectsThanAThreadKeepsCountsFor) {
  RegistryMirror mirror;
  std::vector<ProjectRecordPtr> records;
  for (int64_t i = 1; i <= 5'000; ++i) mirror.Put(records.emplace_back(Record(i)));
  for (int round = 0; round < 2; ++round) {
    for (const ProjectRecordPtr& record : records) {
      ASSERT_EQ(mirror.Get(record->id).get(), record.get());
    }
  }
}

}  // namespace
}  // namespace stowage
