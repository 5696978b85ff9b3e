#include "stowage/storage/table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "tests/stowage/storage/storage_fixture.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::testing::HasSubstr;

const Table& AllTypes() {
  static const Table table("all_types", {{"key", ColumnType::kText},
                                         {"integer", ColumnType::kInteger},
                                         {"real", ColumnType::kReal},
                                         {"blob", ColumnType::kBlob}});
  return table;
}

class TableTest : public ::testing::Test {
 protected:
  TableTest() : connection_(*Connection::OpenInMemory()) {
    EXPECT_OK(connection_->Execute(AllTypes().create_statement()));
    EXPECT_OK(connection_->Execute(testing::Notes().create_statement()));
  }
  absl::Status Put(const std::string& key, int64_t integer, double real, const std::string& blob) {
    return AllTypes().Insert(*connection_, {Value::Text(key), Value::Integer(integer),
                                            Value::Real(real), Value::Blob(blob)});
  }
  absl::Status ReadAll() {
    return AllTypes().Scan(*connection_, "", {}, [](const Row&) { return absl::OkStatus(); });
  }

  std::unique_ptr<Connection> connection_;
};

TEST_F(TableTest, GivesBackTheExtremesOfEveryType) {
  struct Case {
    std::string key;
    int64_t integer;
    double real;
    std::string blob;
  };
  const Case cases[] = {
      {"", 0, 0, ""},
      {"least", std::numeric_limits<int64_t>::min(), std::numeric_limits<double>::lowest(),
       std::string(1, '\0')},
      {"most", std::numeric_limits<int64_t>::max(), std::numeric_limits<double>::infinity(),
       std::string(100'000, '\xFF')},
      {std::string("nul\0in it", 9), -1, std::numeric_limits<double>::denorm_min(), "x"},
      {"integral", 7, 7.0, "7"},
      {"beyond", 1, 9.3e18, "9"}};
  for (const Case& c : cases) {
    ASSERT_OK(Put(c.key, c.integer, c.real, c.blob));
    bool same = false;
    EXPECT_THAT(AllTypes().Get(*connection_, {Value::Text(c.key)},
                               [&](const Row& row) {
                                 same = row.Text(0) == c.key && row.Integer(1) == c.integer &&
                                        row.Real(2) == c.real && row.Blob(3) == c.blob;
                                 return absl::OkStatus();
                               }),
                IsOkAndHolds(true));
    EXPECT_TRUE(same) << c.key;
  }
  EXPECT_OK(ReadAll());
}

TEST_F(TableTest, KeepsAMinusZeroAsZero) {
  ASSERT_OK(Put("zero", 0, -0.0, ""));
  EXPECT_OK(ReadAll());
}

TEST_F(TableTest, RefusesWhatDoesNotFitTheColumns) {
  EXPECT_THAT(Put("nan", 0, std::nan(""), ""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(AllTypes().Insert(*connection_, {Value::Text("short")}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1 values, want 4")));
  EXPECT_THAT(AllTypes().Delete(*connection_, {Value::Integer(1)}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want TEXT")));
  EXPECT_THAT(AllTypes().Count(*connection_), IsOkAndHolds(0));
}

TEST_F(TableTest, RefusesAKeyOrAUniqueValueThatIsTaken) {
  ASSERT_OK(testing::PutNote(*connection_, 1, "one"));
  EXPECT_THAT(testing::Notes().Insert(*connection_, {Value::Integer(1), Value::Blob("other")}),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(testing::PutNote(*connection_, 2, "one"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("notes.text")));
  EXPECT_OK(connection_->TakeFileError()) << "a refused value is not the file's fault";
}

TEST_F(TableTest, ReplacesARowByItsKey) {
  ASSERT_OK(testing::PutNote(*connection_, 1, "one"));
  ASSERT_OK(testing::PutNote(*connection_, 1, "uno"));
  std::string text;
  ASSERT_OK(testing::Notes().Scan(*connection_, "", {}, [&](const Row& row) {
    text += std::string(row.Blob(1));
    return absl::OkStatus();
  }));
  EXPECT_EQ(text, "uno");
}

TEST_F(TableTest, CountsWhatItDeletes) {
  for (int i = 1; i <= 5; ++i) ASSERT_OK(testing::PutNote(*connection_, i, std::to_string(i)));
  const Table& notes = testing::Notes();
  EXPECT_THAT(notes.DeleteWhere(*connection_, "number > ?", {Value::Integer(3)}), IsOkAndHolds(2));
  EXPECT_THAT(notes.Delete(*connection_, {Value::Integer(1)}), IsOkAndHolds(true));
  EXPECT_THAT(notes.Delete(*connection_, {Value::Integer(1)}), IsOkAndHolds(false));
  EXPECT_THAT(notes.Count(*connection_), IsOkAndHolds(2));
}

TEST_F(TableTest, StopsAScanAtTheVisitorsError) {
  for (int i = 1; i <= 3; ++i) ASSERT_OK(testing::PutNote(*connection_, i, std::to_string(i)));
  int visits = 0;
  EXPECT_THAT(testing::Notes().Scan(*connection_, "ORDER BY number", {},
                                    [&](const Row&) {
                                      return ++visits == 2 ? absl::CancelledError("enough")
                                                           : absl::OkStatus();
                                    }),
              StatusIs(absl::StatusCode::kCancelled, "enough"));
  EXPECT_EQ(visits, 2);
}

TEST_F(TableTest, ReportsEveryColumnThatWasAltered) {
  const char* const alterations[] = {
      "UPDATE all_types SET key = 'b'", "UPDATE all_types SET integer = 2",
      "UPDATE all_types SET real = 1.25", "UPDATE all_types SET blob = x'00'",
      "UPDATE all_types SET blob = x''", "UPDATE all_types SET crc = crc + 1",
      // The same 32 bits, but not the number that was written.
      "UPDATE all_types SET crc = crc - 4294967296"};
  for (const char* alteration : alterations) {
    ASSERT_OK(connection_->Execute("DELETE FROM all_types"));
    ASSERT_OK(Put("a", 1, 1.5, "blob"));
    ASSERT_OK(connection_->Execute(alteration));
    EXPECT_THAT(ReadAll(),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("table all_types, key ")))
        << alteration;
  }
}

TEST_F(TableTest, ReportsAByteThatMovedToTheNextColumn) {
  const Table words(
      "words", {{"key", ColumnType::kInteger}, {"a", ColumnType::kBlob}, {"b", ColumnType::kBlob}});
  ASSERT_OK(connection_->Execute(words.create_statement()));
  ASSERT_OK(words.Insert(*connection_, {Value::Integer(1), Value::Blob("ab"), Value::Blob("c")}));
  ASSERT_OK(connection_->Execute("UPDATE words SET a = x'61', b = x'6263'"));
  EXPECT_THAT(words.Scan(*connection_, "", {}, [](const Row&) { return absl::OkStatus(); }),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(TableTest, ReportsARowThatWasCopiedFromAnotherTableOrFile) {
  const Table twin("twin", {{"number", ColumnType::kInteger}, {"text", ColumnType::kBlob}});
  ASSERT_OK(connection_->Execute(twin.create_statement()));
  ASSERT_OK(testing::PutNote(*connection_, 1, "one"));
  ASSERT_OK(connection_->Execute("INSERT INTO twin SELECT number, text, crc FROM notes"));
  const auto ignore = [](const Row&) { return absl::OkStatus(); };
  EXPECT_THAT(twin.Scan(*connection_, "", {}, ignore), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_OK(testing::Notes().Scan(*connection_, "", {}, ignore));
  connection_->set_row_seed(connection_->row_seed() + 1);
  EXPECT_THAT(testing::Notes().Scan(*connection_, "", {}, ignore),
              StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace stowage
