// SPDX-License-Identifier: LGPL-2.1-or-later
// As much of an IPFire as interference prevention has to do with: RED's files, settings, and
// scripts that do to RED what IPFire's of the same name do, below a folder of their own.
#pragma once

#include <string>

#include "failover/host/ipfire/paths.hpp"
#include "failover/host/ipfire/seams.hpp"
#include "hal/error.hpp"
#include "tests/lab/netns.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {

class SmallIpfire {
 public:
  // Makes the files, red0 (the primary) and usb0 (the backup) in the namespace, and the chains of
  // RED; the backup carries RED.
  static Result<SmallIpfire> make(const NetNs& netns);

  [[nodiscard]] failover::ipfire::Paths paths() const { return {folder_.path().string()}; }
  [[nodiscard]] std::string operator/(const std::string& path) const {
    return folder_.path().string() + "/" + path;
  }
  [[nodiscard]] static failover::ipfire::RedState red();

  // What the host does when the guard asks for it.
  void write_files() const;
  void set_route(const NetNs& netns) const;
  void set_firewall(const NetNs& netns) const;
  // Whether the backup carries RED; if not, why.
  [[nodiscard]] std::string wrong(const NetNs& netns) const;

 private:
  explicit SmallIpfire(WorkFolder folder) : folder_(std::move(folder)) {}
  Status make_files() const;
  Status script(const std::string& path, const std::string& text) const;

  WorkFolder folder_;
};

}  // namespace mwan::lab
