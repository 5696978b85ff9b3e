#include "benchmarks/workload/chunk.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::workload {
namespace {

std::string Lines(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

TEST(CutIntoChunks, CutsByLinesAndCoversTheFile) {
  const std::string text = Lines(45);
  const std::vector<Chunk> chunks = CutIntoChunks(text);
  ASSERT_EQ(chunks.size(), 3u);
  EXPECT_EQ(chunks[0].first_line, 1u);
  EXPECT_EQ(chunks[0].last_line, 20u);
  EXPECT_EQ(chunks[2].first_line, 41u);
  EXPECT_EQ(chunks[2].last_line, 45u);
  std::string joined;
  for (const Chunk& chunk : chunks) joined.append(chunk.text.data(), chunk.text.size());
  EXPECT_EQ(joined, text);
}

TEST(CutIntoChunks, MergesAShortTailIntoTheRunBefore) {
  const std::string text = Lines(43);
  const std::vector<Chunk> chunks = CutIntoChunks(text);
  ASSERT_EQ(chunks.size(), 2u);
  EXPECT_EQ(chunks[1].last_line, 43u);
}

TEST(CutIntoChunks, LeavesOutBlankStretches) {
  const std::string text = Lines(20) + std::string(20, '\n') + Lines(20);
  const std::vector<Chunk> chunks = CutIntoChunks(text);
  ASSERT_EQ(chunks.size(), 2u);
  EXPECT_EQ(chunks[1].first_line, 41u);
}

TEST(CutIntoChunks, DoesNotJoinATailAcrossABlankStretch) {
  const std::vector<Chunk> chunks = CutIntoChunks(Lines(20) + std::string(20, '\n') + Lines(2));
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_EQ(chunks[0].last_line, 20u);
}

TEST(CutIntoChunks, LeavesOutGeneratedTables) {
  EXPECT_TRUE(CutIntoChunks(Lines(19) + std::string(20'000, 'x')).empty());
}

TEST(CutIntoChunks, GivesNothingForFilesThatHaveTooLittle) {
  EXPECT_TRUE(CutIntoChunks("").empty());
  EXPECT_TRUE(CutIntoChunks("one\ntwo\nthree\n").empty());
}

TEST(CutIntoChunks, CountsALastLineWithoutLineEnd) {
  const std::vector<Chunk> chunks = CutIntoChunks("a\nb\nc\nd");
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_EQ(chunks[0].last_line, 4u);
  EXPECT_EQ(chunks[0].text, "a\nb\nc\nd");
}

TEST(CutIntoChunks, TakesAnyBytes) {
  const std::string text("\xFF\xFE\n\0x\n\x80\n\xC3\x28\n", 12);
  const std::vector<Chunk> chunks = CutIntoChunks(text);
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_EQ(chunks[0].text, text);
}

}  // namespace
}  // namespace loadline::workload
