// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/router_config.hpp"

#include <fmt/format.h>

#include "tests/lab/topology.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {

namespace {

std::string settings(Mode mode) {
  std::string text = fmt::format(
      "PROBE_TARGETS={}\n"
      "FAILBACK_STABLE_S={}\n"
      "NAT=nftables\n"
      "LOG_LEVEL=debug\n",
      probe_targets, failback_stable.count());
  if (mode == Mode::Pings) {
    text +=
        "EVIDENCE=pings\n"
        "PROBE_INTERVAL_MS=1000\n"
        "PROBE_FAST_INTERVAL_MS=1000\n"
        "PROBE_DOWN=2\n";
  }
  return text;
}

}  // namespace

std::string_view name(Mode mode) { return mode == Mode::Radio ? "radio" : "pings"; }

Status write_router_config(const std::filesystem::path& folder, Mode mode, Primary primary) {
  const int wired_priority = primary == Primary::Wired ? 1 : 2;
  const auto profiles = folder / "profiles";
  if (auto done = write_file(folder / "settings", settings(mode)); !done) return done;
  if (auto done = write_file(profiles / wired_profile, fmt::format("KIND=ethernet\n"
                                                                   "PRIORITY={}\n"
                                                                   "NETDEV={}\n"
                                                                   "ADDRESS={}\n"
                                                                   "GATEWAY={}\n",
                                                                   wired_priority, wired_device,
                                                                   wired_address, wired_gateway));
      !done) {
    return done;
  }
  return write_file(profiles / modem_profile,
                    fmt::format("KIND=modem\n"
                                "PRIORITY={}\n"
                                "NETDEV={}\n"
                                "DEVICE=/dev/cdc-wdm0\n"
                                "QMI_PROXY={}\n"
                                "SIMULATED=yes\n"
                                "APN=internet\n",
                                3 - wired_priority, modem_device, proxy_name));
}

}  // namespace mwan::lab
