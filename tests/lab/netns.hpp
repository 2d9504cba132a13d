// SPDX-License-Identifier: LGPL-2.1-or-later
// A network namespace without a name: it is held by a file descriptor only, so it is gone with the
// process that made it, however that ends.
#pragma once

#include <functional>
#include <string>

#include "hal/error.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::lab {

class NetNs {
 public:
  // label is for messages. The loopback device is up; IPv6 link-local addresses are not made by
  // themselves, so that a listing of addresses does not change with time. Needs CAP_SYS_ADMIN.
  static Result<NetNs> create(std::string label);

  [[nodiscard]] const std::string& label() const { return label_; }
  [[nodiscard]] int fd() const { return fd_.get(); }
  // A path that other processes of the same user can open while this process lives.
  [[nodiscard]] std::string path() const;

  // call() on a thread of its own inside the namespace, waited for. Sockets that it makes stay
  // in the namespace; what it sees in /proc/sys/net is the namespace's.
  Status inside(const std::function<Status()>& call) const;

  // Write one of the namespace's /proc/sys files, named from there ("net/ipv4/ip_forward").
  Status sysctl(const std::string& name, const std::string& value) const;
  // Set a network device up or down, at once: no program is started for it.
  Status set_link(const std::string& device, bool up) const;

 private:
  NetNs(std::string label, UniqueFd fd) : label_(std::move(label)), fd_(std::move(fd)) {}

  std::string label_;
  UniqueFd fd_;
};

}  // namespace mwan::lab
