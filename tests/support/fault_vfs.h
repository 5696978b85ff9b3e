#ifndef TESTS_SUPPORT_FAULT_VFS_H_
#define TESTS_SUPPORT_FAULT_VFS_H_

#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace loadline::testing {

// While it lives, SQLite's default file layer: the machine's, whose writes, syncs and truncations
// are counted and, when asked, fail. One at a time; databases that were opened under it must be
// closed before it ends. Counting is thread-safe; arm it while no database is busy.
class FaultVfs {
 public:
  FaultVfs() : real_(sqlite3_vfs_find(nullptr)) {
    if (real_ == nullptr) throw std::runtime_error("SQLite has no file layer");
    shim_ = *real_;
    shim_.zName = "loadline-fault";
    shim_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    shim_.pAppData = this;
    shim_.pNext = nullptr;
    shim_.xOpen = &Open;
    shim_.xGetLastError = &LastError;
    sqlite3_vfs_register(&shim_, /*makeDflt=*/1);
  }
  ~FaultVfs() {
    sqlite3_vfs_unregister(&shim_);
    sqlite3_vfs_register(real_, /*makeDflt=*/1);
  }
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  // The nth write, sync or truncation from now on fails with `error` (EIO, ENOSPC) and does
  // nothing; n from 1. Sticky: all later ones too.
  void FailNth(int n, int error, bool sticky = false) {
    error_ = error;
    sticky_ = sticky;
    failed_ = false;
    left_ = n;
  }
  // Instead of an errno: the process ends at the call, as by a kill, with this exit code.
  static constexpr int kKill = -1;
  static constexpr int kKilled = 77;
  // Only syncs count for FailNth().
  void OnlySyncs(bool only) { only_syncs_ = only; }
  // A write that fails has written its first half.
  void HalfWrites(bool half) { half_writes_ = half; }
  void Disarm() { left_ = 0; }
  // Whether a call has failed since FailNth().
  bool failed() const { return failed_; }

  int log_syncs() const { return log_syncs_; }    // of write-ahead logs
  int file_syncs() const { return file_syncs_; }  // of all other files
  int writes() const { return writes_; }
  // Calls that FailNth() counts when it counts all.
  int calls() const { return log_syncs_ + file_syncs_ + writes_ + truncations_; }

 private:
  struct File {
    sqlite3_file base;
    FaultVfs* owner;
    bool is_log;
    // The real file's object follows.
  };
  static sqlite3_file* Real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
  }
  static FaultVfs& Owner(sqlite3_file* file) { return *reinterpret_cast<File*>(file)->owner; }

  bool Fails(bool is_sync) {
    if (left_ == 0 || (only_syncs_ && !is_sync)) return false;
    if (left_ > 1) {
      --left_;
      return false;
    }
    if (!sticky_) left_ = 0;
    failed_ = true;
    return true;
  }
  // What a call that fails does in the end.
  int Fail(int io_error) const {
    if (error_ == kKill) ::_exit(kKilled);
    return error_ == ENOSPC ? SQLITE_FULL : io_error;
  }
  static int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    auto* const self = static_cast<FaultVfs*>(vfs->pAppData);
    auto* const mine = reinterpret_cast<File*>(file);
    mine->base.pMethods = nullptr;
    mine->owner = self;
    mine->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    const int code = self->real_->xOpen(self->real_, name, Real(file), flags, out);
    if (code == SQLITE_OK) mine->base.pMethods = Methods();
    return code;
  }
  static int LastError(sqlite3_vfs* vfs, int size, char* text) {
    auto* const self = static_cast<FaultVfs*>(vfs->pAppData);
    return self->failed_ ? self->error_ : self->real_->xGetLastError(self->real_, size, text);
  }

  static int Close(sqlite3_file* f) { return Real(f)->pMethods->xClose(Real(f)); }
  static int Read(sqlite3_file* f, void* data, int size, sqlite3_int64 offset) {
    return Real(f)->pMethods->xRead(Real(f), data, size, offset);
  }
  static int Write(sqlite3_file* f, const void* data, int size, sqlite3_int64 offset) {
    ++Owner(f).writes_;
    if (Owner(f).Fails(false)) {
      if (Owner(f).half_writes_) Real(f)->pMethods->xWrite(Real(f), data, size / 2, offset);
      return Owner(f).Fail(SQLITE_IOERR_WRITE);
    }
    return Real(f)->pMethods->xWrite(Real(f), data, size, offset);
  }
  static int Truncate(sqlite3_file* f, sqlite3_int64 size) {
    ++Owner(f).truncations_;
    if (Owner(f).Fails(false)) return Owner(f).Fail(SQLITE_IOERR_TRUNCATE);
    return Real(f)->pMethods->xTruncate(Real(f), size);
  }
  static int Sync(sqlite3_file* f, int flags) {
    ++(reinterpret_cast<File*>(f)->is_log ? Owner(f).log_syncs_ : Owner(f).file_syncs_);
    if (Owner(f).Fails(true)) return Owner(f).Fail(SQLITE_IOERR_FSYNC);
    return Real(f)->pMethods->xSync(Real(f), flags);
  }
  static int FileSize(sqlite3_file* f, sqlite3_int64* size) {
    return Real(f)->pMethods->xFileSize(Real(f), size);
  }
  static int Lock(sqlite3_file* f, int level) { return Real(f)->pMethods->xLock(Real(f), level); }
  static int Unlock(sqlite3_file* f, int level) {
    return Real(f)->pMethods->xUnlock(Real(f), level);
  }
  static int CheckReservedLock(sqlite3_file* f, int* out) {
    return Real(f)->pMethods->xCheckReservedLock(Real(f), out);
  }
  static int FileControl(sqlite3_file* f, int op, void* arg) {
    if (op == SQLITE_FCNTL_LAST_ERRNO && Owner(f).failed_) {
      *static_cast<int*>(arg) = Owner(f).error_;
      return SQLITE_OK;
    }
    return Real(f)->pMethods->xFileControl(Real(f), op, arg);
  }
  static int SectorSize(sqlite3_file* f) { return Real(f)->pMethods->xSectorSize(Real(f)); }
  static int DeviceCharacteristics(sqlite3_file* f) {
    return Real(f)->pMethods->xDeviceCharacteristics(Real(f));
  }
  // Version 1: without shared memory, which a file used by one connection alone does not need.
  static const sqlite3_io_methods* Methods() {
    static const sqlite3_io_methods methods = [] {
      sqlite3_io_methods m;
      std::memset(&m, 0, sizeof m);
      m.iVersion = 1;
      m.xClose = &Close;
      m.xRead = &Read;
      m.xWrite = &Write;
      m.xTruncate = &Truncate;
      m.xSync = &Sync;
      m.xFileSize = &FileSize;
      m.xLock = &Lock;
      m.xUnlock = &Unlock;
      m.xCheckReservedLock = &CheckReservedLock;
      m.xFileControl = &FileControl;
      m.xSectorSize = &SectorSize;
      m.xDeviceCharacteristics = &DeviceCharacteristics;
      return m;
    }();
    return &methods;
  }

  sqlite3_vfs* const real_;
  sqlite3_vfs shim_;
  int error_ = 0;
  bool sticky_ = false;
  bool only_syncs_ = false;
  bool half_writes_ = false;
  std::atomic<int> left_{0};
  std::atomic<bool> failed_{false};
  std::atomic<int> log_syncs_{0};
  std::atomic<int> file_syncs_{0};
  std::atomic<int> writes_{0};
  std::atomic<int> truncations_{0};
};

}  // namespace loadline::testing

#endif  // TESTS_SUPPORT_FAULT_VFS_H_
