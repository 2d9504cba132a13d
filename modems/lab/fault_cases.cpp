// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/lab/fault_cases.hpp"

#include <chrono>
#include <vector>

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;

void both_families(ModemConfig& config) { config.ip_type = IpType::V4V6; }
void own_pin(ModemConfig& config) { config.pin = Secret("4711"); }
void no_apn(ModemConfig& config) { config.apn.clear(); }

std::vector<FaultCase> make_cases() {
  std::vector<FaultCase> out;
  const auto add = [&](FaultCase one) { out.push_back(std::move(one)); };
  add({.number = 1,
       .name = "request-hangs",
       .later = "at 0s fault request-hangs",
       .cure = "at 0s end-fault request-hangs",
       .says = "the modem hangs: 3 requests in a row without an answer"});
  add({.number = 2,
       .name = "consecutive-timeouts",
       .later = "at 0s fault consecutive-timeouts times=8",
       .says = "the modem hangs: 3 requests in a row without an answer"});
  add({.number = 3,
       .name = "first-command-swallowed",
       .first = "fault first-command-swallowed",
       .says = "addressing "});
  add({.number = 4,
       .name = "client-ids-exhausted",
       .first = "fault client-ids-exhausted times=1",
       .says = "addressing ",
       .mbim = false});
  add({.number = 5,
       .name = "release-lost-on-hangup",
       .first = "fault release-lost-on-hangup",
       .says = "addressing ",
       .mbim = false});
  add({.number = 6,
       .name = "vanishes-mid-transaction",
       .later = "at 0s fault vanishes-mid-transaction time=500ms",
       .says = "the connection to the modem broke"});
  add({.number = 7,
       .name = "proxy-death",
       .later = "at 0s fault proxy-death time=500ms",
       .says = "the connection to the modem broke"});
  add({.number = 8,
       .name = "malformed-lengths message",
       .later = "at 0s fault malformed-lengths times=9 what=message",
       .says = "trouble"});
  add({.number = 8,
       .name = "malformed-lengths frame",
       .later = "at 0s fault malformed-lengths times=1 what=frame",
       .says = "trouble"});
  add({.number = 11,
       .name = "silent-reset refused",
       .later = "at 0s fault silent-reset what=invalid",
       .says = "trouble"});
  add({.number = 11,
       .name = "silent-reset silent",
       .later = "at 0s fault silent-reset what=silent",
       .says = "the modem hangs: 3 requests in a row without an answer"});
  add({.number = 12,
       .name = "network-detach",
       .later = "at 0s fault network-detach for=1s",
       .says = "bearer ipv4 disconnected"});
  add({.number = 13,
       .name = "slow-recovery",
       .first = "fault slow-recovery time=4s",
       .later = "at 0s fault vanishes-mid-transaction time=4s",
       .says = "the connection to the modem broke"});
  add({.number = 14,
       .name = "no-reconnect",
       .header = "reset-time=500ms\n",
       .first = "fault no-reconnect",
       .later = "at 0s bearer drop cause=38",
       .says = "next: no data connection for"});
  add({.number = 15,
       .name = "wrong-apn",
       .first = "fault wrong-apn apn=right",
       .cure = "at 0s end-fault wrong-apn",
       .says = "3GPP cause 33"});
  add({.number = 15,
       .name = "wrong-apn public-list",
       .first = "fault wrong-apn apn=right",
       .says = "addressing ",
       .tune = no_apn});
  add({.number = 16,
       .name = "attach-blocked",
       .first = "fault attach-blocked gap=100ms time=1m",
       .cure = "at 0s end-fault attach-blocked",
       .says = "3GPP cause 33"});
  add({.number = 17,
       .name = "roaming-refused",
       .first = "fault roaming-refused",
       .cure = "at 0s end-fault roaming-refused",
       .says = "denied by the network: EMM cause 13"});
  add({.number = 18,
       .name = "partial-grant",
       .first = "fault partial-grant what=ipv4",
       .says = "addressing 10.64.0.2/30 -",
       .tune = both_families});
  add({.number = 19,
       .name = "start-aborted",
       .first = "fault start-aborted times=1",
       .says = "trouble"});
  add({.number = 20,
       .name = "late-disconnect",
       .first = "fault late-disconnect time=1m",
       .later = "at 0s bearer drop cause=38",
       .says = "bearer ipv4 disconnected"});
  add({.number = 20,
       .name = "missing-disconnect",
       .first = "fault missing-disconnect",
       .later = "at 0s bearer drop cause=38",
       .says = "the modem holds it no longer"});
  add({.number = 21,
       .name = "raw-ip-mismatch",
       .first = "fault raw-ip-mismatch",
       .says = "addressing ",
       .mbim = false});
  add({.number = 22,
       .name = "mux-broken",
       .first = "fault mux-broken",
       .says = "addressing ",
       .mbim = false});
  add({.number = 23,
       .name = "bind-data-port-broken",
       .first = "fault bind-data-port-broken",
       .says = "addressing ",
       .mbim = false});
  add({.number = 24,
       .name = "pco-crashes-firmware",
       .first = "fault pco-crashes-firmware",
       .says = "addressing "});
  add({.number = 25,
       .name = "unlock-looks-like-swap",
       .header = "pin=4711\n",
       .first = "fault unlock-looks-like-swap",
       .says = "addressing ",
       .tune = own_pin});
  add({.number = 26,
       .name = "sim-illegal",
       .first = "fault sim-illegal",
       .cure = "at 0s end-fault sim-illegal",
       .says = "trouble"});
  add({.number = 26,
       .name = "pin-tries-low",
       .header = "pin=4711\n",
       .first = "fault pin-tries-low times=2",
       .says = "only 2 tries are left",
       .returns = false,
       .tune = own_pin});
  add({.number = 26,
       .name = "puk-required",
       .header = "pin=4711\n",
       .first = "fault puk-required",
       .says = "unblock the SIM with its PUK",
       .returns = false,
       .tune = own_pin});
  add({.number = 30,
       .name = "needs-power-cycle",
       .later = "at 0s fault needs-power-cycle",
       // The power hook of the test pulls this.
       .cure = "at 0s unplug\nat 300ms plug",
       .says = "its power is cycled by the configured program"});
  add({.number = 32,
       .name = "fcc-lock",
       .first = "fault fcc-lock",
       .says = "locked by its vendor (FCC lock)",
       .returns = false});
  add({.number = 32,
       .name = "fcc-lock unlocked",
       .first = "fault fcc-lock",
       .says = "addressing ",
       .mbim = false,
       .tune = [](ModemConfig& c) {
         c.quirk_overrides.fcc_unlock = FccUnlock::DmsAuthentication;
       }});
  add({.number = 33,
       .name = "stale-after-suspend",
       .later = "at 0s fault stale-after-suspend",
       .says = "bearer ipv4 disconnected"});
  add({.number = 34,
       .name = "second-manager",
       .later = "at 0s fault second-manager",
       .cure = "at 0s end-fault second-manager",
       .says = "another program may be reading"});
  add({.number = 35,
       .name = "slow-after-upgrade",
       .later = "at 0s fault slow-after-upgrade time=2s",
       .cure = "at 0s end-fault slow-after-upgrade",
       .says = "answer"});
  return out;
}

}  // namespace

std::span<const FaultCase> fault_cases() {
  static const std::vector<FaultCase> cases = make_cases();
  return cases;
}

}  // namespace mwan::modem
