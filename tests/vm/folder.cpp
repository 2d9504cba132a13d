// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/folder.hpp"

#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/lab/lab_error.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::vm {
namespace {

namespace fs = std::filesystem;

void note(const fs::path& file, const std::string& text) {
  const auto written = lab::write_file(file, text);
  static_cast<void>(written);  // seen by whoever reads it
}

void forget(const fs::path& file) {
  std::error_code ignored;
  fs::remove(file, ignored);
}

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

Folder Folder::chosen(const fs::path& first) {
  const char* machine = std::getenv("MWAN_VM_MACHINE");
  return Folder(first.string() + (machine == nullptr ? "" : machine));
}

std::optional<UniqueFd> Folder::become_keeper() const {
  UniqueFd file(::open((path_ / "keeper.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  struct flock lock = whole_file();
  if (!file || ::fcntl(file.get(), F_SETLK, &lock) != 0) return std::nullopt;
  return file;
}

std::optional<pid_t> Folder::keeper() const {
  const UniqueFd file(::open((path_ / "keeper.lock").c_str(), O_RDWR | O_CLOEXEC));
  struct flock lock = whole_file();
  if (!file || ::fcntl(file.get(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) {
    return std::nullopt;
  }
  return lock.l_pid;
}

Result<UniqueFd> Folder::take_turn() const {
  const fs::path path = path_ / "turn.lock";
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file || ::flock(file.get(), LOCK_EX) != 0) return lab::system_failure(path.string());
  return file;
}

Result<UniqueFd> Folder::connect() const {
  // The path may be longer than an address can be, so it goes through the folder's descriptor.
  const UniqueFd folder(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return lab::system_failure(path_.string());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = "/proc/self/fd/" + std::to_string(folder.get()) + "/agent.sock";
  name.copy(address.sun_path, sizeof address.sun_path - 1);
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // Where nobody accepts and others wait already.
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (!socket ||
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return lab::system_failure(path_ / "agent.sock");
  }
  return socket;
}

void Folder::note_absence(const std::string& why, bool skip) const {
  note(path_ / "absent", why);
  if (skip) note(path_ / "skipped", why);
}

void Folder::forget_absence() const {
  forget(path_ / "absent");
  forget(path_ / "skipped");
}

std::string Folder::absence() const { return lab::read_file(path_ / "absent"); }
bool Folder::skipped() const { return fs::exists(path_ / "skipped"); }

void Folder::mark_fixture(bool fixture) const {
  if (fixture) {
    note(path_ / "fixture", "");
  } else {
    forget(path_ / "fixture");
  }
}
bool Folder::of_fixture() const { return fs::exists(path_ / "fixture"); }

}  // namespace mwan::vm
