#include "loadline/base/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline {
namespace {

using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr size_t kPlenty = 1 << 20;
constexpr mode_t kRights = 0777;

mode_t RightsOf(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & kRights;
}

class DirectoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto directory = Directory::Open(temp_.path());
    ASSERT_OK(directory);
    directory_ = *std::move(directory);
  }
  void Link(const std::string& target, const std::string& name) const {
    std::filesystem::create_symlink(target, temp_.Path(name));
  }
  void MakeDirectory(const std::string& name) const {
    std::filesystem::create_directory(temp_.Path(name));
  }

  const TempDir temp_;
  std::unique_ptr<Directory> directory_;
};

using DirectoryOpen = DirectoryTest;

TEST_F(DirectoryOpen, TellsTheAbsolutePathItWasOpenedUnder) {
  EXPECT_EQ(directory_->path(), temp_.path());
  const auto here = Directory::Open(".");
  ASSERT_OK(here);
  EXPECT_EQ((*here)->path(), std::filesystem::current_path().string());
}

TEST_F(DirectoryOpen, DoesNotMindSlashesAtTheEnd) {
  const auto directory = Directory::Open(temp_.path() + "//");
  ASSERT_OK(directory);
  EXPECT_EQ((*directory)->path(), temp_.path());
}

TEST_F(DirectoryOpen, OpensTheRoot) {
  const auto root = Directory::Open("/");
  ASSERT_OK(root);
  EXPECT_EQ((*root)->path(), "/");
}

TEST_F(DirectoryOpen, SaysWhichDirectoryIsMissing) {
  EXPECT_THAT(Directory::Open(temp_.Path("missing")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(temp_.Path("missing"))));
  EXPECT_THAT(Directory::Open(temp_.Path("missing/below")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(temp_.Path("missing"))));
}

TEST_F(DirectoryOpen, RejectsAFile) {
  const std::string file = temp_.WriteFile("file", "text");
  EXPECT_THAT(Directory::Open(file),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(file)));
}

TEST_F(DirectoryOpen, RejectsPathsThatNameNothing) {
  EXPECT_THAT(Directory::Open(""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Directory::Open(absl::string_view("/tmp\0x", 6)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(DirectoryOpen, DoesNotFollowALinkButMayBeReachedThroughOne) {
  std::filesystem::create_directories(temp_.Path("real/inner"));
  Link("real", "link");
  EXPECT_THAT(Directory::Open(temp_.Path("link")),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("symbolic link")));
  const auto inner = Directory::Open(temp_.Path("link/inner"));
  ASSERT_OK(inner);
  EXPECT_EQ((*inner)->path(), temp_.Path("real/inner"));
}

TEST_F(DirectoryOpen, StaysWithTheDirectoryWhenItsPathIsSwappedForALink) {
  MakeDirectory("held");
  MakeDirectory("trap");
  const auto held = Directory::Open(temp_.Path("held"));
  ASSERT_OK(held);
  std::filesystem::rename(temp_.Path("held"), temp_.Path("moved"));
  Link("trap", "held");
  EXPECT_OK((*held)->WriteFileAtomically("file", "text"));
  EXPECT_EQ(temp_.ReadFile("moved/file"), "text");
  EXPECT_TRUE(std::filesystem::is_empty(temp_.Path("trap")));
}

using DirectoryOpenOrCreate = DirectoryTest;

TEST_F(DirectoryOpenOrCreate, MakesWhatIsMissingForTheOwnerAlone) {
  const auto directory = Directory::OpenOrCreate(temp_.Path("a/b/c"));
  ASSERT_OK(directory);
  EXPECT_EQ((*directory)->path(), temp_.Path("a/b/c"));
  EXPECT_EQ(RightsOf(temp_.Path("a")), 0700u);
  EXPECT_EQ(RightsOf(temp_.Path("a/b/c")), 0700u);
}

TEST_F(DirectoryOpenOrCreate, TakesASinglePointForNothing) {
  for (const char* const path : {"a/./b", "c/.", "./d//./e/./", ".//f"}) {
    SCOPED_TRACE(path);
    const auto directory = Directory::OpenOrCreate(absl::StrCat(temp_.path(), "/", path));
    ASSERT_OK(directory);
    EXPECT_TRUE(std::filesystem::equivalent((*directory)->path(), temp_.Path(path)));
    EXPECT_THAT((*directory)->path(), Not(HasSubstr("/.")));
  }
}

TEST_F(DirectoryOpenOrCreate, MakesNothingForAPathThatLeavesWhatIsMissing) {
  for (const char* const path : {"new/../sub", "new/..", "new/./../sub", "new/sub/../../x"}) {
    EXPECT_THAT(Directory::OpenOrCreate(temp_.Path(path)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("which is missing")))
        << path;
  }
  EXPECT_TRUE(std::filesystem::is_empty(temp_.path()));
}

TEST_F(DirectoryOpenOrCreate, GoesUpFromADirectoryThatIsThere) {
  MakeDirectory("there");
  const auto directory = Directory::OpenOrCreate(temp_.Path("there/../beside"));
  ASSERT_OK(directory);
  EXPECT_EQ((*directory)->path(), temp_.Path("beside"));
}

TEST_F(DirectoryOpenOrCreate, LeavesWhatIsThereAsItIs) {
  temp_.WriteFile("a/file", "text");
  std::filesystem::permissions(temp_.Path("a"), std::filesystem::perms{0750});
  const auto directory = Directory::OpenOrCreate(temp_.Path("a"));
  ASSERT_OK(directory);
  EXPECT_THAT((*directory)->ReadFile("file", kPlenty), IsOkAndHolds("text"));
  EXPECT_EQ(RightsOf(temp_.Path("a")), 0750u);
}

TEST_F(DirectoryOpenOrCreate, DoesNotMakeTheTargetOfALink) {
  Link("nowhere", "link");
  EXPECT_THAT(Directory::OpenOrCreate(temp_.Path("link")),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Directory::OpenOrCreate(temp_.Path("link/below")),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_FALSE(std::filesystem::exists(temp_.Path("nowhere")));
}

TEST_F(DirectoryOpenOrCreate, RejectsAFileInItsWay) {
  temp_.WriteFile("file", "text");
  EXPECT_THAT(Directory::OpenOrCreate(temp_.Path("file/below")), Not(testing::IsOk()));
  EXPECT_EQ(temp_.ReadFile("file"), "text");
}

TEST_F(DirectoryTest, TakesNothingButOnePathComponentForAName) {
  const std::array<absl::string_view, 8> kBad = {"",  ".",    "..", "a/b",
                                                 "/", "../x", "a/", absl::string_view("a\0b", 3)};
  const Directory& d = *directory_;
  for (const absl::string_view name : kBad) {
    SCOPED_TRACE(std::string(name));
    const auto is_invalid = StatusIs(absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(d.OpenChild(name), is_invalid);
    EXPECT_THAT(d.OpenOrCreateChild(name), is_invalid);
    EXPECT_THAT(d.Exists(name), is_invalid);
    EXPECT_THAT(d.ReadFile(name, kPlenty), is_invalid);
    EXPECT_THAT(d.WriteFileAtomically(name, "text"), is_invalid);
    EXPECT_THAT(d.Move(name, d, "to"), is_invalid);
    EXPECT_THAT(d.RemoveLeftovers(name), is_invalid);
    EXPECT_THAT(d.RemoveFile(name), is_invalid);
    EXPECT_THAT(d.RemoveTree(name), is_invalid);
  }
  temp_.WriteFile("from", "text");
  for (const absl::string_view name : kBad) {
    EXPECT_THAT(d.Move("from", d, name), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST_F(DirectoryTest, TakesAnyOtherBytesForAName) {
  for (const char* const name : {"...", "a b", "-rf", "\xFF\x01", "line\nline", "~"}) {
    EXPECT_OK(directory_->WriteFileAtomically(name, name));
    EXPECT_THAT(directory_->ReadFile(name, kPlenty), IsOkAndHolds(name));
  }
}

TEST_F(DirectoryTest, OpensAChildUnderThePathOfBoth) {
  const auto child = directory_->OpenOrCreateChild("child");
  ASSERT_OK(child);
  EXPECT_EQ((*child)->path(), temp_.Path("child"));
  EXPECT_OK(directory_->OpenChild("child"));
  EXPECT_OK(directory_->OpenOrCreateChild("child"));
}

TEST_F(DirectoryTest, OpensNoChildThatIsMissingOrALinkOrAFile) {
  MakeDirectory("real");
  Link("real", "link");
  temp_.WriteFile("file", "text");
  EXPECT_THAT(directory_->OpenChild("missing"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(directory_->OpenChild("link"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(directory_->OpenOrCreateChild("link"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(directory_->OpenChild("file"), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(DirectoryTest, KnowsWhatExists) {
  temp_.WriteFile("file", "text");
  Link("nowhere", "link");
  EXPECT_THAT(directory_->Exists("file"), IsOkAndHolds(true));
  EXPECT_THAT(directory_->Exists("link"), IsOkAndHolds(true));  // the link is there
  EXPECT_THAT(directory_->Exists("missing"), IsOkAndHolds(false));
}

MATCHER_P2(EntryIs, name, is_directory, "") {
  return arg.name == name && arg.is_directory == is_directory;
}

TEST_F(DirectoryTest, ListsItsEntriesByName) {
  temp_.WriteFile("b", "text");
  MakeDirectory("c");
  temp_.WriteFile(".hidden", "text");
  Link("c", "a");
  const auto entries = directory_->List();
  ASSERT_OK(entries);
  EXPECT_THAT(*entries, ElementsAre(EntryIs(".hidden", false), EntryIs("a", false),
                                    EntryIs("b", false), EntryIs("c", true)));
}

TEST_F(DirectoryTest, ListsEverythingToEachOfManyThreads) {
  static constexpr size_t kFiles = 200;
  for (size_t i = 0; i < kFiles; ++i) temp_.WriteFile(absl::StrCat(i), "");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int j = 0; j < 10; ++j) EXPECT_THAT(directory_->List(), IsOkAndHolds(SizeIs(kFiles)));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

using DirectoryReadFile = DirectoryTest;

TEST_F(DirectoryReadFile, GivesEveryByte) {
  const std::string content("a\0b\r\n\xFF", 6);
  temp_.WriteFile("file", content);
  temp_.WriteFile("empty", "");
  EXPECT_THAT(directory_->ReadFile("file", kPlenty), IsOkAndHolds(content));
  EXPECT_THAT(directory_->ReadFile("empty", 0), IsOkAndHolds(""));
}

TEST_F(DirectoryReadFile, KeepsToTheLimit) {
  temp_.WriteFile("file", "12345678");
  EXPECT_THAT(directory_->ReadFile("file", 8), IsOkAndHolds("12345678"));
  EXPECT_THAT(directory_->ReadFile("file", 7),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("limit of 7 bytes")));
}

TEST_F(DirectoryReadFile, ReadsToTheEndOfAFileThatSaysItIsEmpty) {
  const std::string path = absl::StrCat("/proc/", ::getpid());
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no file here says that";
  const auto process = Directory::Open(path);
  ASSERT_OK(process);
  EXPECT_THAT((*process)->ReadFile("status", kPlenty), IsOkAndHolds(HasSubstr("nonvoluntary")));
  EXPECT_THAT((*process)->ReadFile("status", 10), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(DirectoryReadFile, SaysWhichFileIsMissing) {
  EXPECT_THAT(directory_->ReadFile("missing", kPlenty),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(temp_.Path("missing"))));
}

TEST_F(DirectoryReadFile, ReadsNothingButAPlainFileOfOneName) {
  temp_.WriteFile("file", "secret");
  Link("file", "link");
  MakeDirectory("directory");
  ASSERT_EQ(::mkfifo(temp_.Path("fifo").c_str(), 0600), 0);
  const auto is_denied = StatusIs(absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(directory_->ReadFile("link", kPlenty), is_denied);
  EXPECT_THAT(directory_->ReadFile("directory", kPlenty), is_denied);
  EXPECT_THAT(directory_->ReadFile("fifo", kPlenty), is_denied);
  std::filesystem::create_hard_link(temp_.Path("file"), temp_.Path("other"));
  EXPECT_THAT(directory_->ReadFile("file", kPlenty),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("2 hard links")));
}

using DirectoryWriteFile = DirectoryTest;

TEST_F(DirectoryWriteFile, ReplacesTheFileForTheOwnerAlone) {
  EXPECT_OK(directory_->WriteFileAtomically("file", "long old text"));
  EXPECT_OK(directory_->WriteFileAtomically("file", "new"));
  EXPECT_EQ(temp_.ReadFile("file"), "new");
  EXPECT_EQ(RightsOf(temp_.Path("file")), 0600u);
  EXPECT_THAT(directory_->List(), IsOkAndHolds(SizeIs(1)));
}

TEST_F(DirectoryWriteFile, ReplacesALinkAndLeavesItsTarget) {
  temp_.WriteFile("target", "target");
  Link("target", "file");
  EXPECT_OK(directory_->WriteFileAtomically("file", "new"));
  EXPECT_EQ(temp_.ReadFile("target"), "target");
  EXPECT_TRUE(
      std::filesystem::is_regular_file(std::filesystem::symlink_status(temp_.Path("file"))));
}

TEST_F(DirectoryWriteFile, TakesManyWritersOfOneName) {
  constexpr int kThreads = 8;
  constexpr int kEach = 20;
  const auto content_of = [](int thread) {
    return std::string(10'000, static_cast<char>('a' + thread));
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this, content = content_of(i)] {
      for (int j = 0; j < kEach; ++j) EXPECT_OK(directory_->WriteFileAtomically("file", content));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string found = temp_.ReadFile("file");
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found, content_of(found[0] - 'a'));
  EXPECT_THAT(directory_->List(), IsOkAndHolds(SizeIs(1)));
}

// Fails every rename, and so leaves the names of temporary files to be seen.
class NoRenames final : public FileSystem {
 public:
  const std::vector<std::string>& asked() const { return asked_; }
  int RenameAt(int, const char* from, int, const char*) override {
    asked_.emplace_back(from);
    errno = EIO;
    return -1;
  }

 private:
  std::vector<std::string> asked_;
};

TEST_F(DirectoryWriteFile, TakesAnotherNameWhenSomethingLiesUnderThatOfItsTemporaryFile) {
  NoRenames fs;
  const auto directory = Directory::Open(temp_.path(), fs);
  ASSERT_OK(directory);
  ASSERT_FALSE((*directory)->WriteFileAtomically("file", "").ok());
  ASSERT_THAT(fs.asked(), SizeIs(1));
  // "file.PROCESS.7.tmp": the next writes of this process would take 8 and 9.
  const std::vector<std::string> parts = absl::StrSplit(fs.asked()[0], '.');
  ASSERT_THAT(parts, SizeIs(4));
  int number = 0;
  ASSERT_TRUE(absl::SimpleAtoi(parts[2], &number));
  temp_.WriteFile("target", "target");
  const std::string left = absl::StrCat("file.", parts[1], ".", number + 1, ".tmp");
  temp_.WriteFile(left, "half of someth");
  Link("target", absl::StrCat("file.", parts[1], ".", number + 2, ".tmp"));
  EXPECT_OK(directory_->WriteFileAtomically("file", "new"));
  EXPECT_EQ(temp_.ReadFile("file"), "new");
  EXPECT_EQ(temp_.ReadFile("target"), "target");
  EXPECT_EQ(temp_.ReadFile(left), "half of someth");
}

TEST_F(DirectoryWriteFile, LeavesWhatACrashLeftToWhoeverKnowsThatNobodyWrites) {
  NoRenames fs;
  const auto directory = Directory::Open(temp_.path(), fs);
  ASSERT_OK(directory);
  ASSERT_FALSE((*directory)->WriteFileAtomically("file", "").ok());
  ASSERT_THAT(fs.asked(), SizeIs(1));
  temp_.WriteFile(fs.asked()[0], "half of someth");  // as a crash before the rename leaves it
  EXPECT_OK(directory_->WriteFileAtomically("file", "new"));
  EXPECT_THAT(directory_->List(), IsOkAndHolds(SizeIs(2)));
  EXPECT_OK(directory_->RemoveLeftovers("file"));
  EXPECT_THAT(directory_->List(), IsOkAndHolds(ElementsAre(EntryIs("file", false))));
}

TEST_F(DirectoryWriteFile, TakesNoOtherFileForALeftover) {
  MakeDirectory("file.1.1.tmp");
  const std::vector<std::string> names = {
      "file",          "file.tmp",      "file.1.tmp",      "file.1.2",    "file.1.2.tmp2",
      "file.x.2.tmp",  "file.1.x.tmp",  "file..2.tmp",     "file.1..tmp", "file.1.2.3.tmp",
      "other.1.2.tmp", "afile.1.2.tmp", "file-wal.1.2.tmp"};
  for (const std::string& name : names) temp_.WriteFile(name, "");
  temp_.WriteFile("file.12.34.tmp", "");
  EXPECT_OK(directory_->RemoveLeftovers("file"));
  EXPECT_THAT(directory_->List(), IsOkAndHolds(SizeIs(names.size() + 1)));
  EXPECT_THAT(directory_->Exists("file.12.34.tmp"), IsOkAndHolds(false));
}

TEST_F(DirectoryWriteFile, LeavesNothingBehindWhenADirectoryIsInItsWay) {
  MakeDirectory("taken");
  EXPECT_THAT(directory_->WriteFileAtomically("taken", "new"), Not(testing::IsOk()));
  EXPECT_THAT(directory_->List(), IsOkAndHolds(ElementsAre(EntryIs("taken", true))));
}

using DirectoryMove = DirectoryTest;

TEST_F(DirectoryMove, MovesFilesAndDirectoriesToAnotherDirectory) {
  temp_.WriteFile("file", "text");
  temp_.WriteFile("tree/file", "below");
  const auto to = directory_->OpenOrCreateChild("to");
  ASSERT_OK(to);
  EXPECT_OK(directory_->Move("file", **to, "moved"));
  EXPECT_OK(directory_->Move("tree", **to, "tree"));
  EXPECT_EQ(temp_.ReadFile("to/moved"), "text");
  EXPECT_EQ(temp_.ReadFile("to/tree/file"), "below");
  EXPECT_THAT(directory_->List(), IsOkAndHolds(ElementsAre(EntryIs("to", true))));
}

TEST_F(DirectoryMove, OverwritesNothing) {
  temp_.WriteFile("from", "from");
  temp_.WriteFile("to", "to");
  EXPECT_THAT(directory_->Move("from", *directory_, "to"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("is taken")));
  EXPECT_EQ(temp_.ReadFile("from"), "from");
  EXPECT_EQ(temp_.ReadFile("to"), "to");
}

TEST_F(DirectoryMove, DoesNotMoveWhatIsNotThere) {
  EXPECT_THAT(directory_->Move("missing", *directory_, "to"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("missing")));
}

using DirectoryRemove = DirectoryTest;

TEST_F(DirectoryRemove, RemovesAFileOnceAndIsContentTheSecondTime) {
  temp_.WriteFile("file", "text");
  EXPECT_OK(directory_->RemoveFile("file"));
  EXPECT_OK(directory_->RemoveFile("file"));
  EXPECT_THAT(directory_->List(), IsOkAndHolds(SizeIs(0)));
}

TEST_F(DirectoryRemove, RemovesNoDirectoryAsAFile) {
  MakeDirectory("directory");
  EXPECT_THAT(directory_->RemoveFile("directory"), Not(testing::IsOk()));
  EXPECT_TRUE(std::filesystem::exists(temp_.Path("directory")));
}

TEST_F(DirectoryRemove, RemovesATreeAndNothingThatItsLinksPointTo) {
  temp_.WriteFile("kept/file", "text");
  temp_.WriteFile("tree/a/b/file", "text");
  temp_.WriteFile("tree/file", "text");
  Link("../kept", "tree/link");
  Link("../../kept/file", "tree/a/link");
  EXPECT_OK(directory_->RemoveTree("tree"));
  EXPECT_THAT(directory_->List(), IsOkAndHolds(ElementsAre(EntryIs("kept", true))));
  EXPECT_EQ(temp_.ReadFile("kept/file"), "text");
}

TEST_F(DirectoryRemove, RemovesALinkOrAFileAsATreeOfOne) {
  temp_.WriteFile("kept/file", "text");
  temp_.WriteFile("file", "text");
  Link("kept", "link");
  EXPECT_OK(directory_->RemoveTree("link"));
  EXPECT_OK(directory_->RemoveTree("file"));
  EXPECT_OK(directory_->RemoveTree("missing"));
  EXPECT_THAT(directory_->List(), IsOkAndHolds(ElementsAre(EntryIs("kept", true))));
  EXPECT_EQ(temp_.ReadFile("kept/file"), "text");
}

}  // namespace
}  // namespace loadline
