#ifndef LOADLINE_HARNESS_TURN_TAKER_H_
#define LOADLINE_HARNESS_TURN_TAKER_H_

namespace loadline::harness {

// Runs one benchmark in slices, as the other end of the channel on `descriptor` asks, until it
// closes the channel (docs/duet.md, "Lock-step"). Takes the descriptor. To be called after
// benchmark::Initialize, instead of running benchmarks. The process's exit code: 0 when the channel
// was closed in order, 1 when what came through it made no sense; standard error says what.
int TakeTurns(int descriptor);

}  // namespace loadline::harness

#endif  // LOADLINE_HARNESS_TURN_TAKER_H_
