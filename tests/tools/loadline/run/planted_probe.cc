// An initialisation probe with a known quantity in it.

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "loadline/harness/init_probe.h"

namespace {

using loadline::harness::InitMoments;

absl::Status Prepare(const std::string& dir) {
  std::filesystem::create_directory(dir);
  return absl::OkStatus();
}

absl::Status Start(const std::string& dir, InitMoments& moments, int sleep_millis) {
  if (!std::filesystem::exists(dir)) return absl::NotFoundError(dir);
  std::this_thread::sleep_for(std::chrono::milliseconds(sleep_millis));
  moments.Ready();
  moments.FirstOperationDone();
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return loadline::harness::RunInitProbe(
      argc, argv,
      {{"Init/Plain", Prepare,
        [](const std::string& dir, InitMoments& moments) { return Start(dir, moments, 0); }},
       {"Init/Sleeps50ms", Prepare,
        [](const std::string& dir, InitMoments& moments) { return Start(dir, moments, 50); }},
       {"Init/Backwards", Prepare,
        [](const std::string&, InitMoments& moments) {
          moments.FirstOperationDone();
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
          moments.Ready();
          return absl::OkStatus();
        }},
       {"Init/OtherClock", Prepare,
        [](const std::string&, InitMoments& moments) {
          moments.ready_nanos = 1;  // of a clock that began a nanosecond ago
          moments.FirstOperationDone();
          return absl::OkStatus();
        }},
       {"Init/Fails", Prepare, [](const std::string&, InitMoments&) -> absl::Status {
          return absl::DataLossError("planted");
        }}});
}
