// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes of the files that say what RED is, as they happen (inotify(7)), and who made them where
// the kernel tells (fanotify(7), from Linux 5.9 on, for CAP_SYS_ADMIN).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "failover/host/ipfire/interference_rules.hpp"
#include "failover/host/ipfire/paths.hpp"
#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::failover::ipfire {

// Firewall: the lock that iptables takes (/run/xtables.lock, iptables(8)): its rules may have
// changed.
enum class Place { Red, NameServers, Firewall, EthernetSettings, PppSettings };

// NOTE Threading: on the loop's thread.
class RedWatch {
 public:
  // changed: one call for each change, with the file's name in its folder. Links in place of
  // red's folder or of its files are not followed.
  static Result<std::unique_ptr<RedWatch>> open(
      Loop& loop, const Paths& paths, std::function<void(Place, const std::string&)> changed);

  // Whether the kernel says who changes files; and if not, why.
  [[nodiscard]] const Status& names_writers() const { return writers_status_; }
  // Those who changed these places since the last call, the latest first.
  std::vector<pid_t> take_writers(const std::vector<Place>& places);

 private:
  RedWatch() = default;
  void read_changes();
  struct Folder {
    Place place = Place::Red;
    std::string path;
    bool follow = false;
    UniqueFd fanotify;  // a group for each folder: their events do not name it
    SourceHandle writes;
  };
  void read_writers(const Folder& folder);
  Status open_writers(Loop& loop, Folder& folder);

  struct Writer {
    Place place = Place::Red;
    pid_t pid = 0;
  };
  std::vector<Folder> folders_;
  std::map<int, Place> places_;  // by inotify's numbers
  std::function<void(Place, const std::string&)> changed_;
  UniqueFd inotify_;
  Status writers_status_;
  std::vector<Writer> writers_;
  SourceHandle changes_;
};

// RED's files as they are; without the route.
FoundRed read_red(const Paths& paths);
// Whether red/keepconnected is there.
bool keepconnected_there(const Paths& paths);
// Tells one content of a file from another; of one that is no plain file, or larger than 64 KiB,
// nothing but that.
std::string fingerprint(const std::string& path);

}  // namespace mwan::failover::ipfire
