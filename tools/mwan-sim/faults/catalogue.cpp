// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/faults/catalogue.hpp"

#include <algorithm>
#include <array>

namespace mwan::sim {
namespace {

constexpr std::string_view kItself = "itself";
constexpr std::string_view kReset = "a reset";
constexpr std::string_view kPower = "a power cycle";
constexpr std::string_view kBusReset = "a USB reset";
constexpr std::nullopt_t kNoChaos = std::nullopt;

using F = Fault;

// clang-format off
constexpr std::array<FaultInfo, kFaults> kCatalogue = {{
  {F::RequestHangs, 1, "request-hangs", true, true, "modem", "on=", "",
   "A request is never answered.",
   "Requests (with on=MESSAGE that one alone) get no answer; indications go on.", "", true},
  {F::ConsecutiveTimeouts, 2, "consecutive-timeouts", true, true, "modem", "times=5", kItself,
   "Several requests in a row time out, then all is well.",
   "The next requests, as many as times= says, get no answer.", "times=3", true},
  {F::FirstCommandSwallowed, 3, "first-command-swallowed", true, true, "modem", "", "",
   "The first command after the boot is lost.",
   "The first request after each power-up (and the next one, when it begins later) gets no answer.",
   "", true},
  {F::ClientIdsExhausted, 4, "client-ids-exhausted", true, false, "modem", "times=10", "",
   "The modem has no client ids left for its network service.",
   "NAS has no more than times= client ids; Allocate CID then fails with ClientIdsExhausted.", "",
   true},
  {F::ReleaseLostOnHangup, 5, "release-lost-on-hangup", true, false, "proxy", "time=100ms", "",
   "The last release of a client id is lost because the program hangs up right after it.",
   "A release takes effect time= after it came, and only if its connection is still open.", "",
   true},
  {F::VanishesMidTransaction, 6, "vanishes-mid-transaction", true, true, "kernel",
   "on= time=3s", kItself,
   "The control device vanishes while a request is under way.",
   "The next request (with on=MESSAGE the next of these) is not answered: the modem is unplugged "
   "at once and plugged in again after time=.", "time=1s", true},
  {F::ProxyDeath, 7, "proxy-death", true, true, "proxy", "time=1s", kItself,
   "The proxy process dies.",
   "All connections close; nobody listens on the socket until time= has passed. Client ids stay.",
   "time=300ms", true},
  {F::MalformedLengths, 8, "malformed-lengths", true, true, "modem",
   "times=1 what=message|tlv|frame", kItself,
   "A length field claims far more than there is.",
   "The next answers, as many as times= says, lie in the length of the message, of a TLV, or of "
   "the whole frame (then the stream cannot be followed). In MBIM they claim more than 800 MB.",
   "times=1", true},
  {F::UsbErrorStorm, 9, "usb-error-storm", true, true, "kernel",
   "what=error|stall time=10ms times=1", kBusReset,
   "The USB bus reports errors in a storm that fills the log.",
   "With usb= alone: every transfer fails, on each endpoint one every time=, by errors of the bus or "
   "by stalls; only the bus itself can still be asked. It ends with so many resets of the bus as times= "
   "says, or with a power cycle.", kNoChaos, true},
  {F::TransmitStuck, 10, "transmit-stuck", true, true, "kernel", "", "",
   "Nothing is sent any more while the control channel works.",
   "The network device is not read: packets pile up in it and the kernel drops them; the modem's "
   "count of sent packets stands still, downlink goes on.", "", true},
  {F::SilentReset, 11, "silent-reset", true, true, "modem", "what=invalid|silent", kItself,
   "The modem resets itself without leaving the bus.",
   "Sessions, client ids and subscriptions are gone, the radio starts over, connections stay open. "
   "Requests with old client ids (MBIM: before another Open) are refused, or with what=silent ignored.", "", true},
  {F::NetworkDetach, 12, "network-detach", true, true, "network", "for=10s", kItself,
   "The network detaches the modem from packet service.",
   "As packet-service detach; the network takes it back after for=.", "", true},
  {F::SlowRecovery, 13, "slow-recovery", true, true, "modem", "time=5m", "",
   "After a reset the modem needs anything from seconds to 50 minutes.",
   "Each reset takes time= instead of reset-time.", kNoChaos, true},
  {F::NoReconnect, 14, "no-reconnect", true, true, "modem", "cause=38", kReset,
   "After the first session that ended no other can be started.",
   "Once a session has ended, starts fail with cause= until the modem is reset.", kNoChaos, true},
  {F::WrongApn, 15, "wrong-apn", true, true, "network", "cause=33 apn=", "",
   "The network does not know the APN.",
   "Starts fail with the ESM cause, except for the APN that apn= names.", kNoChaos, true},
  {F::AttachBlocked, 16, "attach-blocked", true, true, "network",
   "times=5 gap=12.5s time=12m cause=33 apn=", "",
   "After five quick attempts with a wrong APN the network blocks the attach for twelve minutes.",
   "Starts fail with cause= (except for apn=); after times= of them in one family, each less than "
   "gap= after the one before, the modem is detached for time=.", kNoChaos, true},
  {F::RoamingRefused, 17, "roaming-refused", true, true, "network", "cause=13", "",
   "The modem is abroad and its SIM may not be used there.",
   "Registration attempts are denied with the EMM cause.", "", true},
  {F::PartialGrant, 18, "partial-grant", true, true, "network", "what=ipv4|ipv6", "",
   "Asked for IPv4 and IPv6, the network grants only one of them.",
   "The family that what= does not name is refused with ESM cause 50 (IPv4 only) or 51 (IPv6 only).",
   kNoChaos, true},
  {F::StartAborted, 19, "start-aborted", true, true, "modem", "times=1", kItself,
   "A start fails half way and leaves a session nobody has a handle of.",
   "The next starts, as many as times= says, are answered with Aborted (MBIM: Failure) although the "
   "session is up. In QMI another start by the same client has NoEffect; releasing the client ends it.", "times=1", true},
  {F::LateDisconnect, 20, "late-disconnect", true, true, "modem", "time=30s", "",
   "The modem tells late that a session has ended.",
   "The indication that a session ended comes time= later; asked, the modem knows at once.",
   "time=2s", true},
  {F::MissingDisconnect, 20, "missing-disconnect", true, true, "modem", "", "",
   "The modem never tells that a session has ended.",
   "No indication says that a session ended; asked, the modem knows.", "", true},
  {F::RawIpMismatch, 21, "raw-ip-mismatch", true, false, "modem", "", kItself,
   "Host and modem do not agree whether packets have an Ethernet header.",
   "The modem falls back to 802.3: packets are dropped until the host sets raw-IP again.", kNoChaos,
   true},
  {F::MuxBroken, 22, "mux-broken", true, false, "modem", "", "",
   "Multiplexing is said to be there and does not work.",
   "Set Data Format confirms QMAP; packets are dropped until the format is set without it.",
   kNoChaos, true},
  {F::BindDataPortBroken, 23, "bind-data-port-broken", true, false, "modem", "", "",
   "Bind Data Port does not work.",
   "Bind Data Port and Bind Mux Data Port fail with Internal.", kNoChaos, true},
  {F::PcoCrashesFirmware, 24, "pco-crashes-firmware", true, true, "modem", "", "",
   "Asking for protocol configuration options crashes the firmware.",
   "Get Current Settings that asks for P-CSCF or operator PCO is not answered; the modem vanishes "
   "and comes back after reset-time.", kNoChaos, true},
  {F::UnlockLooksLikeSwap, 25, "unlock-looks-like-swap", true, true, "modem", "time=500ms", "",
   "Entering the PIN looks as if the SIM was taken out and put in.",
   "After a PIN or PUK was accepted the card is reported absent for time=; it stays unlocked.",
   kNoChaos, true},
  {F::SimIllegal, 26, "sim-illegal", true, true, "network", "cause=3", "",
   "The network refuses this SIM for good.",
   "Registration attempts are denied with the EMM cause; the card's application is illegal.",
   kNoChaos, true},
  {F::PinTriesLow, 26, "pin-tries-low", true, true, "modem", "times=1", "",
   "Few tries for the PIN are left.",
   "The SIM is locked and has times= tries; a SIM without a PIN gets 1234.", kNoChaos, true},
  {F::PukRequired, 26, "puk-required", true, true, "modem", "", "",
   "The PIN is blocked, the PUK is needed.",
   "No tries for the PIN are left; unblocking with the PUK cures it.", kNoChaos, true},
  {F::LatePorts, 27, "late-ports", true, true, "kernel", "", "",
   "Some ports of the modem appear long after the others.",
   "Not here: tests/lab/faults, with umockdev and the real discovery.", kNoChaos, false},
  {F::ModeSwitchLoop, 28, "mode-switch-loop", true, true, "kernel", "", "",
   "The device switches between storage and modem, once or for ever.",
   "Not here: tests/lab/faults, with umockdev and the real discovery.", kNoChaos, false},
  {F::EmergencyDownload, 29, "emergency-download", true, true, "kernel", "", "",
   "The firmware is broken: the device shows up as 05c6:9008.",
   "Not here: tests/lab/faults, with umockdev and the real discovery.", kNoChaos, false},
  {F::NeedsPowerCycle, 30, "needs-power-cycle", true, true, "modem", "", kPower,
   "The modem is silent and only cutting its power helps.",
   "No answers and no indications until unplug and plug; with usb= a reset of the bus is no cure.", kNoChaos, true},
  {F::TetherDead, 31, "tether-dead", false, false, "kernel", "", "",
   "The tethered iPhone gives no carrier after it was restarted.",
   "Not here: no modem protocol is in it; an emulated iPhone on the kernel's own driver plays it in "
   "the virtual machine (tests/vm).", kNoChaos, false},
  {F::FccLock, 32, "fcc-lock", true, true, "modem", "", "",
   "The radio stays off until the host has proven to be an approved one.",
   "The operating mode is low power and online is refused until Set FCC Authentication (MBIM: for as long "
   "as the fault lasts); each power cycle locks it again.", kNoChaos, true},
  {F::StaleAfterSuspend, 33, "stale-after-suspend", true, true, "modem", "", kItself,
   "After a suspend the modem remembers nothing of what the host believes.",
   "Sessions are gone without an indication, their handles are invalid, subscriptions are "
   "forgotten; client ids stay valid.", kNoChaos, true},
  {F::SecondManager, 34, "second-manager", true, true, "kernel", "", "",
   "Another program reads from the same port.",
   "Every second answer or indication goes to the other one and is not seen.", "", true},
  {F::SlowAfterUpgrade, 35, "slow-after-upgrade", true, true, "modem", "time=2s", "",
   "After a firmware upgrade every answer takes seconds.",
   "Each answer comes time= later.", "time=1s", true},
}};
// clang-format on

std::string protocols(const FaultInfo& info) {
  if (info.qmi && info.mbim) return "QMI, MBIM";
  if (info.qmi) return "QMI";
  return info.mbim ? "MBIM" : "none";
}

}  // namespace

std::span<const FaultInfo> fault_catalogue() { return kCatalogue; }

const FaultInfo& info_of(Fault fault) { return kCatalogue.at(static_cast<std::size_t>(fault)); }

const FaultInfo* find_fault(std::string_view name) {
  const auto at = std::ranges::find(kCatalogue, name, &FaultInfo::name);
  return at == kCatalogue.end() ? nullptr : &*at;
}

std::string fault_list_text() {
  std::string out;
  for (const FaultInfo& info : kCatalogue) {
    out += std::to_string(info.number) + " " + std::string(info.name);
    if (!info.args.empty()) out += " [" + std::string(info.args) + "]";
    out += " (" + std::string(info.where) + "; " + protocols(info) + ")\n    ";
    out += std::string(info.sentence) + "\n    " + std::string(info.how) + "\n";
    if (!info.ends.empty()) out += "    Ends by " + std::string(info.ends) + ".\n";
  }
  return out;
}

nlohmann::ordered_json fault_list_json() {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const FaultInfo& info : kCatalogue) {
    nlohmann::ordered_json names = nlohmann::ordered_json::array();
    if (info.qmi) names.push_back("qmi");
    if (info.mbim) names.push_back("mbim");
    out.push_back({{"number", info.number},
                   {"name", info.name},
                   {"protocols", names},
                   {"where", info.where},
                   {"arguments", info.args},
                   {"ends_by", info.ends},
                   {"meaning", info.sentence},
                   {"played", info.how},
                   {"played_here", info.played_here},
                   {"chaos", info.chaos.has_value()}});
  }
  return out;
}

std::string fault_list_markdown() {
  std::string out =
      "| no. | `fault` | arguments | protocols, where | what it is, and how it is played | ends by "
      "|\n"
      "| --- | --- | --- | --- | --- | --- |\n";
  for (const FaultInfo& info : kCatalogue) {
    std::string args(info.args);
    for (auto bar = args.find('|'); bar != std::string::npos; bar = args.find('|', bar + 2)) {
      args.insert(bar, 1, '\\');  // would begin the next column
    }
    out += "| " + std::to_string(info.number) + " | `" + std::string(info.name) + "` | ";
    if (!args.empty()) out += "`" + args + "` ";
    out += "| " + protocols(info) + "; " + std::string(info.where) + " | ";
    out += std::string(info.sentence) + " " + std::string(info.how) + " | ";
    out += std::string(info.ends) + (info.chaos ? (info.ends.empty() ? "chaos" : ", chaos") : "");
    out += " |\n";
  }
  return out;
}

}  // namespace mwan::sim
