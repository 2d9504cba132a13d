// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/primary_backup.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failover/host/ipfire/files.hpp"
#include "failover/host/ipfire/red_state.hpp"
#include "failover/host/ipfire/settings_file.hpp"
#include "failover/host/ipfire/settings_of_others.hpp"

namespace mwan::failover::ipfire {
namespace {

namespace fs = std::filesystem;

constexpr const char* type_file = "connection-type";
constexpr const char* ethernet_file = "ethernet-settings";
constexpr const char* ppp_file = "ppp-settings";

// From the name in red-state/ to the file itself.
std::map<std::string, std::string> state_files(const Paths& paths) {
  std::map<std::string, std::string> out;
  for (const auto name : red_files) {
    out.emplace(name, paths.red() + "/" + std::string(name));
  }
  for (const auto name : dns_files) {
    out.emplace("run-" + std::string(name), paths.run() + "/" + std::string(name));
  }
  return out;
}

// Name in the backup, and what belongs there.
using Contents = std::map<std::string, FileCopy>;

Status add(Contents& contents, const std::string& name, const std::string& path, bool needed) {
  auto copy = copy_file(path);
  if (!copy) return failed(copy.error());
  if (*copy) {
    contents.emplace(name, std::move(**copy));
  } else if (needed) {
    return failed(FailureClass::Permanent, path, "is not there: is this an IPFire that is set up?");
  }
  return {};
}

Result<Contents> gather(const Paths& paths, const std::string& connection_type) {
  Contents out;
  if (auto done = add(out, ethernet_file, paths.ethernet_settings(), true); !done) {
    return failed(done.error());
  }
  if (auto done = add(out, ppp_file, paths.ppp_settings(), false); !done) {
    return failed(done.error());
  }
  if (out.contains(ppp_file)) out[ppp_file].mode = S_IRUSR | S_IWUSR;
  out[type_file] = {.text = connection_type + "\n", .owner = ::geteuid(), .group = ::getegid()};
  for (const auto& [name, path] : state_files(paths)) {
    if (auto done = add(out, "red-state/" + name, path, false); !done) return failed(done.error());
  }
  return out;
}

Result<Contents> read_back(const std::string& folder) {
  Contents out;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_directory() && !at->is_symlink()) continue;
    const std::string name = fs::path(at->path()).lexically_relative(folder).string();
    if (auto done = add(out, name, at->path().string(), true); !done) return failed(done.error());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return failed(FailureClass::Permanent, folder, error.message());
  }
  return out;
}

bool same(const FileCopy& a, const FileCopy& b) {
  return a.text == b.text && a.mode == b.mode && a.owner == b.owner && a.group == b.group;
}
bool same(const Contents& a, const Contents& b) {
  return std::ranges::equal(a, b, [](const auto& one, const auto& other) {
    return one.first == other.first && same(one.second, other.second);
  });
}
bool same_file(const Contents& a, const Contents& b, const std::string& name) {
  const auto one = a.find(name);
  const auto other = b.find(name);
  if (one == a.end() || other == b.end()) return one == a.end() && other == b.end();
  return same(one->second, other->second);
}

Status write_all_of(const std::string& folder, const Contents& contents) {
  std::error_code error;
  fs::remove_all(folder, error);
  for (const std::string& made : {folder, folder + "/red-state"}) {
    if (::mkdir(made.c_str(), S_IRWXU) != 0) {
      return failed(FailureClass::Transient, made,
                    "cannot be made: " + std::generic_category().message(errno));
    }
  }
  for (const auto& [name, copy] : contents) {
    if (auto put = put_file(folder + "/" + name, copy, true, Durable::Yes); !put) return put;
  }
  return sync_folder(folder);
}

// Both are there at every moment, or the new one alone.
Status put_in_place(const std::string& fresh, const std::string& folder) {
  if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) == 0) {
    std::error_code ignored;
    fs::remove_all(fresh, ignored);
    return {};
  }
  if (errno == ENOENT && ::rename(fresh.c_str(), folder.c_str()) == 0) return {};
  return failed(FailureClass::Transient, folder,
                "cannot be put in its place: " + std::generic_category().message(errno));
}

// All of it, read back and compared before it takes the place of the last one.
Status replace(const std::string& folder, const std::string& state, const Contents& wanted) {
  const std::string fresh = folder + ".new";
  if (auto written = write_all_of(fresh, wanted); !written) return written;
  const auto written = read_back(fresh);
  if (!written) return failed(written.error());
  if (!same(*written, wanted)) {
    return failed(FailureClass::Permanent, fresh,
                  "reads otherwise than it was written: is the disk full or failing?");
  }
  if (auto placed = put_in_place(fresh, folder); !placed) return placed;
  return sync_folder(state);
}

Error in_file(const std::string& file, const Error& error) {
  return {error.failure, file + ": " + error.where, error.message};
}

// The paths are for what is said.
Result<Primary> detect_of(std::string_view ethernet_text, const std::string& ethernet_path,
                          std::string_view ppp_text, const std::string& ppp_path) {
  const auto ethernet = parse_settings(ethernet_text, ethernet_path);
  if (!ethernet) return failed(ethernet.error());
  const auto ppp = parse_settings(ppp_text, ppp_path);
  if (!ppp) return failed(ppp.error());
  auto primary = detect_primary(*ethernet, *ppp);
  if (primary) return primary;
  const bool of_ppp = primary.error().where == "TYPE";
  return failed(in_file(of_ppp ? ppp_path : ethernet_path, primary.error()));
}

Result<Primary> detect_in(const std::string& ethernet_path, const std::string& ppp_path) {
  const auto ethernet = read_plain_file(ethernet_path);
  if (!ethernet) return failed(ethernet.error());
  const auto ppp = read_plain_file(ppp_path);
  if (!ppp && ppp.error().failure != FailureClass::Gone) return failed(ppp.error());
  return detect_of(*ethernet, ethernet_path, ppp.value_or(""), ppp_path);
}

}  // namespace

PrimaryBackup::PrimaryBackup(Paths paths, const std::string& state)
    : paths_(std::move(paths)), state_(state), folder_(state + "/primary-backup") {}

Status PrimaryBackup::make(const std::string& connection_type) const {
  const auto wanted = gather(paths_, connection_type);
  if (!wanted) return failed(wanted.error());
  const auto there = read_back(folder_);
  if (there) {
    // A run that was killed may have put it there just now.
    if (same(*wanted, *there)) return sync_folder(state_);
    // While RED is not up, its files say little; what they said last is what is worth keeping.
    const bool active = wanted->contains("red-state/active");
    const bool same_settings = same_file(*wanted, *there, ethernet_file) &&
                               same_file(*wanted, *there, ppp_file) &&
                               same_file(*wanted, *there, type_file);
    if (!active && same_settings) return {};
  }
  return replace(folder_, state_, *wanted);
}

Result<bool> PrimaryBackup::adopt(std::string_view written) const {
  auto kept = read_back(folder_);
  if (!kept) return failed(kept.error());
  auto ethernet = copy_file(paths_.ethernet_settings());
  if (!ethernet) return failed(ethernet.error());
  auto ppp = copy_file(paths_.ppp_settings());
  if (!ppp) return failed(ppp.error());
  bool changed = false;
  if (*ethernet && kept->contains(ethernet_file)) {
    auto theirs = settings_of_others((*kept)[ethernet_file].text, written, (*ethernet)->text);
    if (!theirs) return failed(in_file(paths_.ethernet_settings(), theirs.error()));
    if (*theirs) {
      changed = true;
      (*ethernet)->text = std::move(**theirs);
      (*kept)[ethernet_file] = std::move(**ethernet);
    }
  }
  if (*ppp && (!kept->contains(ppp_file) || (*kept)[ppp_file].text != (*ppp)->text)) {
    changed = true;
    (*kept)[ppp_file] = std::move(**ppp);
    (*kept)[ppp_file].mode = S_IRUSR | S_IWUSR;
  }
  if (!changed) return false;
  auto primary = detect_of((*kept)[ethernet_file].text, paths_.ethernet_settings(),
                           (*kept)[ppp_file].text, paths_.ppp_settings());
  if (!primary) return failed(primary.error());
  (*kept)[type_file].text = connection_type(*primary) + "\n";
  kept->erase("red-state/active");
  if (auto placed = replace(folder_, state_, *kept); !placed) return failed(placed.error());
  return true;
}

Status PrimaryBackup::forget_red_state() const {
  if (auto gone = remove_file(folder_ + "/red-state/active"); !gone) return gone;
  return sync_folder(folder_ + "/red-state");
}

bool PrimaryBackup::has_red_state() const {
  return read_plain_file(folder_ + "/red-state/active").has_value();
}

Result<Primary> PrimaryBackup::primary() const {
  return detect_in(folder_ + "/" + ethernet_file, folder_ + "/" + ppp_file);
}

Status PrimaryBackup::restore_state_file(const std::string& name, const std::string& path) const {
  const auto copy = copy_file(folder_ + "/red-state/" + name);
  if (!copy) return failed(copy.error());
  return *copy ? put_file(path, **copy, true, Durable::No) : remove_file(path);
}

Status PrimaryBackup::restore_red_state() const {
  const auto files = state_files(paths_);
  for (const auto& [name, path] : files) {
    if (name == "active") continue;  // comes last
    if (auto done = restore_state_file(name, path); !done) return done;
  }
  return restore_state_file("active", files.at("active"));
}

Status PrimaryBackup::restore_dns() const {
  for (const auto& [name, path] : state_files(paths_)) {
    if (!name.starts_with("run-")) continue;
    if (auto done = restore_state_file(name, path); !done) return done;
  }
  return {};
}

Status PrimaryBackup::restore_ethernet_settings() const {
  const auto copy = copy_file(folder_ + "/" + ethernet_file);
  if (!copy) return failed(copy.error());
  if (!*copy) {
    return failed(FailureClass::Permanent, folder_,
                  "has no ethernet-settings; set RED up again in IPFire's setup");
  }
  return put_file(paths_.ethernet_settings(), **copy, true, Durable::Yes);
}

Result<Primary> primary_of(const Paths& paths) {
  return detect_in(paths.ethernet_settings(), paths.ppp_settings());
}

}  // namespace mwan::failover::ipfire
