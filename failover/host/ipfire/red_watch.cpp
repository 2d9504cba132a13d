// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/red_watch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mwan::failover::ipfire {

namespace {

constexpr std::size_t kLargestState = 256;         // bytes; an address and a newline
constexpr std::size_t kLargestSettings = 1 << 16;  // bytes
constexpr std::size_t kMostWriters = 32;
constexpr std::uint32_t kInotify =
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_MODIFY | IN_ONLYDIR;
constexpr std::uint64_t kFanotify = FAN_CREATE | FAN_DELETE | FAN_MOVED_FROM | FAN_MOVED_TO |
                                    FAN_MODIFY | FAN_CLOSE_WRITE | FAN_EVENT_ON_CHILD;

constexpr std::string_view kFirewallLock = "xtables.lock";

// ppp/settings is one of settings-1 to settings-5 by another name.
bool concerns(Place place, std::string_view name) {
  switch (place) {
    case Place::Red:
      return true;
    case Place::NameServers:
      return name == "dns1" || name == "dns2" || name == kFirewallLock;
    case Place::Firewall:
      return name == kFirewallLock;
    case Place::EthernetSettings:
      return name == "settings";
    case Place::PppSettings:
      return name.starts_with("settings");
  }
  return false;
}

struct Content {
  bool plain = false;  // a plain file that is not too large
  std::string text;
};

// Neither a link, nor a pipe that would block, nor more than fits.
Content read_plain(int folder, const std::string& name, std::size_t most) {
  const UniqueFd fd(
      ::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat about {};
  if (!fd || ::fstat(fd.get(), &about) != 0 || !S_ISREG(about.st_mode)) return {};
  if (about.st_size > static_cast<off_t>(most)) return {};
  Content out{.plain = true, .text = std::string(most, '\0')};
  std::size_t used = 0;
  while (used < most) {
    const ssize_t got = ::read(fd.get(), out.text.data() + used, most - used);
    if (got <= 0) break;
    used += static_cast<std::size_t>(got);
  }
  out.text.resize(used);
  return out;
}

UniqueFd open_folder(const std::string& path, bool follow) {
  return UniqueFd(
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW)));
}

std::string reason() { return std::strerror(errno); }

// The name in an event's record, or nothing.
std::string_view name_in(std::string_view event) {
  std::size_t at = sizeof(fanotify_event_metadata);
  while (at + sizeof(fanotify_event_info_header) <= event.size()) {
    fanotify_event_info_header header{};
    std::memcpy(&header, event.data() + at, sizeof header);
    if (header.len < sizeof header || header.len > event.size() - at) return {};
    const std::size_t handle_at = offsetof(fanotify_event_info_fid, handle);
    if (header.info_type == FAN_EVENT_INFO_TYPE_DFID_NAME &&
        header.len >= handle_at + sizeof(file_handle)) {
      std::uint32_t handle_bytes = 0;
      std::memcpy(&handle_bytes, event.data() + at + handle_at, sizeof handle_bytes);
      const std::size_t name_at = handle_at + sizeof(file_handle) + handle_bytes;
      if (name_at >= header.len) return {};
      const std::string_view rest = event.substr(at + name_at, header.len - name_at);
      return rest.substr(0, rest.find('\0'));
    }
    at += header.len;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<RedWatch>> RedWatch::open(
    Loop& loop, const Paths& paths, std::function<void(Place, const std::string&)> changed) {
  std::unique_ptr<RedWatch> out(new RedWatch);
  const auto folder_of = [](const std::string& path) { return path.substr(0, path.rfind('/')); };
  // /var/run is a link of the system's own.
  const auto add = [&](Place place, std::string path, bool follow = false) {
    Folder folder;
    folder.place = place;
    folder.path = std::move(path);
    folder.follow = follow;
    out->folders_.push_back(std::move(folder));
  };
  add(Place::Red, paths.red());
  add(Place::NameServers, paths.run(), true);
  add(Place::Firewall, paths.root + "/run", true);  // where iptables was built to lock
  add(Place::EthernetSettings, folder_of(paths.ethernet_settings()));
  add(Place::PppSettings, folder_of(paths.ppp_settings()));
  out->changed_ = std::move(changed);
  out->inotify_ = UniqueFd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!out->inotify_) {
    return failed(FailureClass::Permanent, "inotify", "cannot watch RED's files: " + reason());
  }
  for (Folder& folder : out->folders_) {
    // iptables only opens it.
    const bool locks = folder.place == Place::NameServers || folder.place == Place::Firewall;
    // Mostly these two are one folder.
    const std::uint32_t flags = (locks ? IN_CLOSE_NOWRITE | IN_MASK_ADD : 0U) |
                                (folder.follow ? 0U : unsigned{IN_DONT_FOLLOW});
    const int number =
        ::inotify_add_watch(out->inotify_.get(), folder.path.c_str(), kInotify | flags);
    if (number >= 0) {
      out->places_.try_emplace(number, folder.place);
      if (folder.place == Place::Firewall) continue;
      if (auto status = out->open_writers(loop, folder); !status && out->writers_status_) {
        out->writers_status_ = std::move(status);
      }
      continue;
    }
    if (errno == ENOENT && folder.place == Place::Firewall) continue;
    // A box without PPP has no such folder, and nobody to change it.
    if (errno == ENOENT && folder.place == Place::PppSettings) continue;
    return failed(FailureClass::Permanent, folder.path, "cannot be watched: " + reason());
  }
  out->changes_ = loop.watch(out->inotify_.get(), Loop::Readable,
                             [raw = out.get()](unsigned) { raw->read_changes(); });
  return out;
}

Status RedWatch::open_writers(Loop& loop, Folder& folder) {
  UniqueFd fd(::fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_DFID_NAME,
                              O_RDONLY | O_CLOEXEC));
  const unsigned flags =
      FAN_MARK_ADD | FAN_MARK_ONLYDIR | (folder.follow ? 0U : unsigned{FAN_MARK_DONT_FOLLOW});
  if (!fd || ::fanotify_mark(fd.get(), flags, kFanotify, AT_FDCWD, folder.path.c_str()) != 0) {
    return failed(FailureClass::Permanent, folder.path,
                  "the kernel does not tell who changes files here: " + reason());
  }
  folder.fanotify = std::move(fd);
  folder.writes = loop.watch(folder.fanotify.get(), Loop::Readable,
                             [this, &folder](unsigned) { read_writers(folder); });
  return {};
}

void RedWatch::read_changes() {
  std::vector<std::pair<Place, std::string>> seen;
  alignas(inotify_event) std::array<char, 16384> buffer{};
  ssize_t got = 0;
  while ((got = ::read(inotify_.get(), buffer.data(), buffer.size())) > 0) {
    for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(got);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      at += sizeof event + event.len;
      if ((event.mask & IN_Q_OVERFLOW) != 0) {
        for (const auto& [number, place] : places_) seen.emplace_back(place, "settings");
        continue;
      }
      const auto place = places_.find(event.wd);
      if (place == places_.end() || event.len == 0) continue;
      const bool closed = (event.mask & IN_CLOSE_NOWRITE) != 0;
      const std::string text(name, ::strnlen(name, event.len));
      if (!concerns(place->second, text) || (closed && text != kFirewallLock)) continue;
      const std::pair one(text == kFirewallLock ? Place::Firewall : place->second, text);
      if (std::ranges::find(seen, one) == seen.end()) seen.push_back(one);
    }
  }
  for (const auto& [place, name] : seen) changed_(place, name);
}

void RedWatch::read_writers(const Folder& folder) {
  alignas(fanotify_event_metadata) std::array<char, 16384> buffer{};
  ssize_t got = 0;
  while ((got = ::read(folder.fanotify.get(), buffer.data(), buffer.size())) > 0) {
    std::string_view rest(buffer.data(), static_cast<std::size_t>(got));
    while (rest.size() >= sizeof(fanotify_event_metadata)) {
      fanotify_event_metadata event{};
      std::memcpy(&event, rest.data(), sizeof event);
      if (event.event_len < sizeof event || event.event_len > rest.size()) break;
      const std::string_view name = name_in(rest.substr(0, event.event_len));
      rest.remove_prefix(event.event_len);
      if (!concerns(folder.place, name) || name == kFirewallLock || event.pid <= 0) continue;
      writers_.insert(writers_.begin(), {folder.place, event.pid});
      if (writers_.size() > kMostWriters) writers_.resize(kMostWriters);
    }
  }
}

std::vector<pid_t> RedWatch::take_writers(const std::vector<Place>& places) {
  for (const Folder& folder : folders_) {
    if (folder.fanotify) read_writers(folder);
  }
  std::vector<pid_t> out;
  const auto asked = [&](const Writer& writer) {
    return std::ranges::find(places, writer.place) != places.end();
  };
  for (const Writer& writer : writers_) {
    if (asked(writer) && std::ranges::find(out, writer.pid) == out.end()) out.push_back(writer.pid);
  }
  std::erase_if(writers_, asked);
  return out;
}

FoundRed read_red(const Paths& paths) {
  FoundRed out;
  if (const UniqueFd folder = open_folder(paths.red(), false)) {
    out.iface = read_plain(folder.get(), "iface", kLargestState).text;
    out.local = read_plain(folder.get(), "local-ipaddress", kLargestState).text;
    out.remote = read_plain(folder.get(), "remote-ipaddress", kLargestState).text;
    out.active = read_plain(folder.get(), "active", kLargestState).plain;
  }
  out.keepconnected = keepconnected_there(paths);
  if (const UniqueFd folder = open_folder(paths.run(), true)) {
    out.dns1 = read_plain(folder.get(), "dns1", kLargestState).text;
    out.dns2 = read_plain(folder.get(), "dns2", kLargestState).text;
  }
  return out;
}

bool keepconnected_there(const Paths& paths) {
  const UniqueFd folder = open_folder(paths.red(), false);
  struct stat about {};
  return folder && ::fstatat(folder.get(), "keepconnected", &about, AT_SYMLINK_NOFOLLOW) == 0;
}

std::string fingerprint(const std::string& path) {
  const auto slash = path.rfind('/');
  const UniqueFd folder = open_folder(path.substr(0, slash), false);
  if (!folder) return "no folder";
  const Content content = read_plain(folder.get(), path.substr(slash + 1), kLargestSettings);
  if (!content.plain) return "no plain file";
  // FNV-1a; the passwords of ppp/settings do not stay in memory for this.
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : content.text) {
    hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211U;
  }
  return std::to_string(content.text.size()) + "/" + std::to_string(hash);
}

}  // namespace mwan::failover::ipfire
