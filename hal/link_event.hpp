// SPDX-License-Identifier: LGPL-2.1-or-later
// The facts that hardware and kernel report about a link: plain values, no GObject, no file
// descriptor. This is the only thing that flows from the hardware layer into the failover core.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "hal/error.hpp"
#include "hal/ip.hpp"
#include "hal/ip_config.hpp"
#include "hal/registration.hpp"
#include "hal/signal.hpp"
#include "hal/time.hpp"

namespace mwan {

enum class LinkKind { Ethernet, Modem, Tether, Pppoe };

// The position of a link in the configuration that is in force.
struct LinkId {
  std::uint16_t index = 0;
  auto operator<=>(const LinkId&) const = default;
};

namespace fact {

// The device is there (or no longer), and which network device carries its packets.
struct Device {
  bool present = false;
  std::string netdev;  // "wwan0"; empty when not present
  bool operator==(const Device&) const = default;
};

struct Carrier {
  bool up = false;
  bool operator==(const Carrier&) const = default;
};

// Addressing is ready to be applied; a second one replaces the first (renumbering).
struct Addressing {
  IpConfig config;
  bool operator==(const Addressing&) const = default;
};
// The link has no usable addressing any more (bearer down, lease expired).
struct AddressingLost {
  std::string why;
  bool operator==(const AddressingLost&) const = default;
};

// Neighbour unreachability detection of the gateway (RFC 4861 section 7.3; kernel NUD_*).
enum class Nud { Unknown, Reachable, Stale, Probing, Failed };
struct Gateway {
  IpAddress address;
  Nud state = Nud::Unknown;
  bool operator==(const Gateway&) const = default;
};

// One round of probes: all targets asked in parallel, judged when the quorum was reached or the
// time limit ran out. answered counts the answers seen by then.
struct Probe {
  std::uint16_t sent = 0;
  std::uint16_t answered = 0;
  bool ok = false;              // answered >= quorum
  std::optional<Duration> rtt;  // of the first answer
  // Over the window of the settings, of the target that the quorum ends with; none while too few
  // were asked, or answered, to say.
  std::optional<std::uint16_t> loss_permille;
  std::optional<Duration> latency;
  std::optional<Duration> jitter;  // mean difference of one answer's latency to the next one's
  // All of them were waited for: what did not answer is lost. Else a round that is ok ended with
  // its quorum, and nothing is known of the others.
  bool complete = false;
  // What earlier rounds have shown: a family that has not been answered while the other one was.
  std::optional<IpFamily> silent;
  bool operator==(const Probe&) const = default;
};

// Whether somebody else answers in place of the internet until a user logs in.
struct Portal {
  bool captive = false;
  std::string words;  // where to log in, for people; empty when not captive
  bool operator==(const Portal&) const = default;
};

// Whether a metered link's probes have used up what they may cost for now: no round is reported
// until they may go on.
struct ProbeBudget {
  bool spent = false;
  bool operator==(const ProbeBudget&) const = default;
};

// Whether what is sent is answered, from the link's packet counters alone (hal/traffic/).
enum class Flow {
  Answered,    // packets come in
  Unanswered,  // they go out, and next to none come in
  Silent,      // there was a flow, and nothing comes in any more
};
struct Traffic {
  Flow flow = Flow::Silent;
  std::uint32_t packets = 0;  // that stayed unanswered
  Duration lasting{};         // from the first to the last of them
  bool operator==(const Traffic&) const = default;
};

// Packets that arrived or left damaged, as the device counts them.
struct Errors {
  bool many = false;  // thresholds: hal/traffic/error_detector.hpp
  std::uint32_t errors = 0;
  std::uint32_t packets = 0;  // beside them, both ways
  Duration over{};
  bool operator==(const Errors&) const = default;
};

// What the device and its partner agreed on.
struct Speed {
  std::uint32_t mbps = 0;  // Mbit/s
  bool full_duplex = true;
  bool operator==(const Speed&) const = default;
};

// A driver could not do what it wants and tries again by itself.
struct Trouble {
  Error error;
  std::optional<Duration> retry_in;  // absent: it gave up until something changes
  bool operator==(const Trouble&) const = default;
};

}  // namespace fact

using Fact = std::variant<fact::Device, fact::Carrier, SignalSample, CellReport, Registration,
                          PacketService, Bearer, fact::Addressing, fact::AddressingLost,
                          fact::Gateway, fact::Probe, fact::Portal, fact::ProbeBudget,
                          fact::Trouble, fact::Traffic, fact::Errors, fact::Speed>;

struct LinkEvent {
  LinkId link;
  Instant time;
  Fact fact;
  bool operator==(const LinkEvent&) const = default;
};

}  // namespace mwan
