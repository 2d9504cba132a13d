// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/lab/netem.hpp"

#include <fmt/format.h>

#include "tests/lab/process.hpp"

namespace mwan::vm {

Status set_line(const lab::NetNs* netns, const std::string& device, const BadLine& line) {
  auto done = lab::run(nullptr, {"modprobe", "sch_netem"}, std::chrono::seconds(60));
  if (done) {
    done = lab::run(
        netns, {"tc", "qdisc", "replace", "dev", device, "root", "netem", "limit", "10000", "delay",
                fmt::format("{}us", line.delay.count()), fmt::format("{}us", line.jitter.count()),
                "loss", fmt::format("{}%", line.loss_percent)});
  }
  if (!done) return failed(done.error());
  return {};
}

Status mend_line(const lab::NetNs* netns, const std::string& device) {
  auto done = lab::run(netns, {"tc", "qdisc", "del", "dev", device, "root"});
  if (!done) return failed(done.error());
  return {};
}

}  // namespace mwan::vm
