// SPDX-License-Identifier: LGPL-2.1-or-later
// Each kind of device becomes a link by itself: plugged in, it is connected, in a table of its own
// and probed; pulled out, nothing of it is left. How long that took, and how much of it were the
// simulated modem's own delays.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <regex>

#include <fmt/format.h>

#include "tests/lab/clock.hpp"
#include "tests/vm/plug/plug_lab.hpp"

namespace mwan::vm {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ContainsRegex;
using testing::HasSubstr;

// SIM, registration, bearer: the simulator's defaults (docs/simulator.md).
constexpr Duration kModemsOwn = 520ms;

class EachKind : public PlugLab {
 protected:
  struct Times {
    std::string kind;
    Duration addressed{};  // from the kernel's first uevent
    Duration proven{};
    Duration own{};
    int again = 0;  // had to be plugged in again
  };
  // The link that the daemon found good since, whatever it called it.
  static std::string good_link(Instant since) {
    std::string name;
    decided("/action/verdict", since, [&](const nlohmann::json& verdict) {
      if (verdict.value("verdict", "") == "good") name = verdict.value("link", "");
      return !name.empty();
    });
    return name;
  }
  void try_one(const Device& device, Duration own);
  // A gadget's word that its cable is in gets lost now and then (ECM, Linux 6.1): its card is up
  // and stays without a carrier.
  static bool carrier_lost(NetFunction function);
  void print() const {
    std::cout << "in the emulator, ms from the kernel's uevent on:\n"
              << fmt::format("  {:28} {:>10} {:>10} {:>20}\n", "plugged in", "addresses", "proven",
                             "modem's own delays");
    for (const Times& t : times_) {
      std::cout << fmt::format(
          "  {:28} {:>10} {:>10} {:>20}{}\n", t.kind, to_ms(t.addressed), to_ms(t.proven),
          t.own == Duration::zero() ? "-" : std::to_string(to_ms(t.own)),
          t.again == 0 ? "" : fmt::format("   carrier lost {} times, replugged", t.again));
    }
  }
  std::vector<Times> times_;
};

bool EachKind::carrier_lost(NetFunction function) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/sys/class/net", error)) {
    if (fs::read_symlink(entry.path() / "device/driver", error).filename() !=
        host_driver(function)) {
      continue;
    }
    // Down, it cannot be read.
    return lab::read_file(entry.path() / "carrier") == "0\n";
  }
  return false;
}

void EachKind::try_one(const Device& device, Duration own) {
  SCOPED_TRACE(device.kind);
  Times times{.kind = device.kind, .own = own};
  const auto before = inventory_now();
  Instant plugged = lab::now();
  REQUIRE_OK(device.plug());
  std::string link;
  const auto proven = [&] { return !(link = good_link(plugged)).empty(); };
  bool up = false;
  const auto ecm_without_carrier = [&] {
    return device.kind.starts_with("ecm") && carrier_lost(NetFunction::Ecm);
  };
  for (times.again = 0;; ++times.again) {
    Instant without = Instant::max();
    soon([&] {
      if ((up = proven())) return true;
      without = ecm_without_carrier() ? std::min(without, lab::now()) : Instant::max();
      return without != Instant::max() && lab::now() - without > 10s;
    });
    if (up || without == Instant::max() || times.again == 5) break;
    REQUIRE_OK(device.unplug());
    lab::sleep_for(1s);
    plugged = lab::now();
    REQUIRE_OK(device.plug());
  }
  ASSERT_TRUE(up) << log() << kernel();

  const auto word = watch_->device_added(plugged);
  ASSERT_TRUE(word) << "the kernel said nothing";
  const auto of_link = [&](const nlohmann::json& fact) { return fact.value("link", "") == link; };
  const auto addressed = decided("/event/addressing", plugged, of_link);
  const auto good = decided("/action/verdict", plugged, [&](const nlohmann::json& verdict) {
    return of_link(verdict) && verdict.value("verdict", "") == "good";
  });
  ASSERT_TRUE(addressed && good) << log();
  times.addressed = *addressed - *word;
  times.proven = *good - *word;
  times_.push_back(times);

  // In a table of its own, which the rule of its address leads to, and in use.
  const std::string rules = says({"ip", "rule"});
  std::smatch rule;
  ASSERT_TRUE(std::regex_search(rules, rule, std::regex("from ([0-9.]+) lookup ([0-9]+)")))
      << rules;
  EXPECT_THAT(says({"ip", "addr"}), HasSubstr("inet " + rule[1].str()));
  EXPECT_THAT(says({"ip", "route", "show", "table", rule[2]}), HasSubstr("default"));
  // It says that the link is good, then it moves the route there.
  EXPECT_TRUE(soon([] { return !says({"ip", "route", "show", "default"}).empty(); })) << kernel();
  EXPECT_THAT(says({"nft", "list", "table", "inet", "mwan"}), HasSubstr("masquerade"));

  REQUIRE_OK(device.unplug());
  expect_as_before(before);
}

TEST_F(EachKind, BecomesALinkWithoutACommandAndLeavesNothing) {
  write_settings("AUTO_PROFILES=yes\n");
  write_profile("wired",
                "KIND=ethernet\nPRIORITY=1\nMATCH=mac:02:00:5e:00:53:31\nADDRESS=10.70.1.2/24\n"
                "GATEWAY=10.70.1.1\n");
  write_profile("dsl",
                "KIND=pppoe\nPRIORITY=2\nNETDEV=dsl0\nUSERNAME=customer@example.net\n"
                "PASSWORD='correct horse'\n");
  start_daemon();
  // Modems and phones have no profile.
  const auto try_all = [this](const Device& device, Duration own) {
    if (!HasFailure()) try_one(device, own);
  };
  try_all(cable("wired", 1), {});
  try_all(pppoe(), {});
  try_all(modem(ModemKind::Qmi), kModemsOwn);
  try_all(modem(ModemKind::Mbim), kModemsOwn);
  for (const NetFunction function : {NetFunction::Rndis, NetFunction::Ecm, NetFunction::Ncm}) {
    try_all(phone(function), {});
  }
  try_all(iphone(), {});
  print();
  if (!HasFailure()) stop_daemon();
}

}  // namespace
}  // namespace mwan::vm
