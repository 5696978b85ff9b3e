#ifndef TOOLS_LOADLINE_RUN_ORPHANS_H_
#define TOOLS_LOADLINE_RUN_ORPHANS_H_

namespace loadline::run {

// Ends those whom ended children leave behind in sessions of their own, where no signal to a group
// reaches them. On Linux this process adopts them (PR_SET_CHILD_SUBREAPER) as soon as the first
// child is made; elsewhere they live on. Children that this process had before are let be.
// Thread-safe.

// A child is about to be made.
void ExpectChild();

// It has been reaped, or was not made after all. When it was the last one, all that this process
// has adopted is killed and reaped: of whom an orphan is cannot be told while there are several.
void EndOrphans();

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_ORPHANS_H_
