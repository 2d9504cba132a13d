// SPDX-License-Identifier: LGPL-2.1-or-later
// What the files of IpfireHost share.
#pragma once

#include <chrono>
#include <string_view>

#include <spdlog/spdlog.h>

#include "failover/host/ipfire/actors.hpp"
#include "failover/host/ipfire/scripts.hpp"
#include "hal/error.hpp"

namespace mwan::failover::ipfire {

// Of connectd, which is a shell that sleeps, and of dhcpcd after `red stop`.
inline constexpr EndingPolicy soon{.grace = std::chrono::seconds(2)};

// What was put into ethernet/settings for the backup; in the state directory, while it is there.
inline constexpr std::string_view backup_settings = "backup-settings";

inline void warn_of(const Status& status) {
  if (!status) spdlog::warn("RED: {}", status.error().text());
}

// Whoever waited for the script may be gone before it is.
class ForgottenAfter {
 public:
  explicit ForgottenAfter(RedStart& start) : start_(start) {}
  ForgottenAfter(const ForgottenAfter&) = delete;
  ForgottenAfter& operator=(const ForgottenAfter&) = delete;
  ~ForgottenAfter() { start_.forget(); }

 private:
  RedStart& start_;
};

}  // namespace mwan::failover::ipfire
