#ifndef LOADLINE_TURNS_TURN_CHANNEL_H_
#define LOADLINE_TURNS_TURN_CHANNEL_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace loadline::turns {

// Set in a benchmark program that is to take turns: the number of its end of the channel.
inline constexpr char kTurnsVariable[] = "LOADLINE_TURNS";

// What is said between `loadline duet` and a benchmark program. The tool says kChoose once and
// hears kChosen; then kRun and kRan alternate until the tool closes the channel. Either answer may
// be kFailed instead.
struct TurnMessage {
  enum class Kind : uint32_t { kChoose = 1, kChosen, kRun, kRan, kFailed };
  static constexpr uint64_t kUnknownFamily = UINT64_MAX;

  Kind kind = Kind::kFailed;
  // kChoose: where kChosen of an earlier process of this program said it was. kChosen: which of the
  // program's families the benchmark is of, where it could be found out.
  uint64_t family = kUnknownFamily;
  uint64_t pad_bytes = 0;  // kChoose: of heap, to be taken before anything else

  // kChosen: 1 when iterations can be set; 0 when the benchmark says itself how long it runs, or
  // nothing here can set them. kRun: iterations a thread; 0, before any other number, leaves it to
  // the benchmark and to Google Benchmark, unless the benchmark has an argument called iterations
  // and they can be set: to try that out sets them to 1. kRan: of all threads.
  uint64_t iterations = 0;
  // kRun: the iterations a thread that times are divided by, where it is not `iterations`: more
  // iterations than are owned up to are a slowdown of exactly known size.
  uint64_t owned_iterations = 0;
  double min_seconds = 0;  // kRun with iterations 0: Google Benchmark's min_time

  double real_ns = 0;  // kRan: an iteration, as Google Benchmark reports it
  double cpu_ns = 0;   // kRan: likewise
  // kRan: an iteration, real time without the time that the thread waited for a processor. Of a
  // benchmark with several threads or a clock of its own: real_ns. Where waiting is not counted
  // (waited_ns): cpu_ns.
  double own_ns = 0;
  double call_wall_ns = 0;  // kRan: the whole slice, set-up included
  // kChosen, kRan: how long the process has waited for a processor since it began; negative where
  // the system does not count it.
  double waited_ns = -1;

  std::string text;  // kChoose: "^NAME$" in the words of a filter. kFailed: what went wrong
};

// One end of a connected pair of stream sockets. When the process at the other end dies, the
// system says so: nobody waits for the dead. Owns the descriptor. Thread-compatible.
class TurnChannel {
 public:
  explicit TurnChannel(int descriptor);
  ~TurnChannel();
  TurnChannel(const TurnChannel&) = delete;
  TurnChannel& operator=(const TurnChannel&) = delete;

  // kUnavailable: the other end is closed. kInvalidArgument: the text is longer than 64 KiB.
  absl::Status Send(const TurnMessage& message);

  // Waits for a whole message; for ever when `timeout_seconds` is 0. kDeadlineExceeded, nothing is
  // lost and Receive may be called again; kUnavailable: the other end is closed; kDataLoss: what
  // came is no message of this version, the channel is of no more use.
  absl::StatusOr<TurnMessage> Receive(double timeout_seconds);

  // The other end sees the channel closed; what was sent before still arrives.
  void Close();

 private:
  int descriptor_;
  std::string received_;  // less than a message
};

}  // namespace loadline::turns

#endif  // LOADLINE_TURNS_TURN_CHANNEL_H_
