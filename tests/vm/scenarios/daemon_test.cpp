// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon in the guest, with one static line: it puts the default route there, sees the line die
// behind its first hop, and gives everything back.
#include <csignal>

#include <fmt/format.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"
#include "tests/vm/lab/netem.hpp"
#include "tests/vm/lab/until.hpp"

namespace mwan::vm {
namespace {

using namespace std::chrono_literals;

std::string default_route() {
  const auto text = lab::run(nullptr, {"ip", "route", "show", "default"});
  return text ? *text : text.error().text();
}

TEST(Daemon, PutsTheDefaultRouteOnAStaticLine) {
  auto isp = lab::NetNs::create("isp");
  REQUIRE_OK(isp);
  const auto cable = lab::run(nullptr, {"ip", "link", "add", "wan0", "type", "veth", "peer", "name",
                                        "wan0", "netns", isp->path()});
  REQUIRE_OK(cable);
  for (const char* step :
       {"addr add 192.0.2.1/24 dev wan0", "addr add 198.51.100.10/32 dev lo", "link set wan0 up"}) {
    REQUIRE_OK(lab::ip(*isp, step));
  }
  auto folder = lab::WorkFolder::temporary();
  REQUIRE_OK(folder);
  const auto config = folder->path() / "etc";
  const auto log = folder->path() / "log";
  REQUIRE_OK(lab::write_file(config / "settings",
                             "PROBE_TARGETS=198.51.100.10\nPROBE_TIMEOUT_MS=2000\nNAT=nftables\n"));
  REQUIRE_OK(lab::write_file(config / "profiles/wired",
                             "KIND=ethernet\nPRIORITY=1\nNETDEV=wan0\nADDRESS=192.0.2.2/24\n"
                             "GATEWAY=192.0.2.1\n"));
  auto daemon = lab::Process::start({{MWAN_DAEMON, "--config-dir", config.string(), "--state-dir",
                                      (folder->path() / "state").string()},
                                     nullptr,
                                     log,
                                     log});
  REQUIRE_OK(daemon);
  const auto says = [&] { return default_route() + lab::read_file(log); };
  EXPECT_TRUE(lab::wait_until(120s, [] {
    return default_route().find("via 192.0.2.1 dev wan0") != std::string::npos;
  })) << says();

  const auto told = [&](const std::string& words) {
    return lab::wait_until(120s,
                           [&] { return lab::read_file(log).find(words) != std::string::npos; });
  };
  BadLine dead;
  dead.loss_percent = 100;
  REQUIRE_OK(set_line(&*isp, "wan0", dead));
  EXPECT_TRUE(told("is down")) << says();

  EXPECT_EQ(lab::Process::words(daemon->stop(60s)), "exit code 0") << says();
  EXPECT_EQ(default_route(), "");
  const auto removed = lab::run(nullptr, {"ip", "link", "del", "wan0"});
  EXPECT_OK(removed);
}

}  // namespace
}  // namespace mwan::vm
