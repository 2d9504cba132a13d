// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/causes.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>

namespace mwan {
namespace {

using enum FailureClass;

// Ascending.
constexpr Cause kEsm[] = {
    {8, Permanent, "operator determined barring", "the operator bars data for this SIM"},
    {26, Throttled, "insufficient resources", ""},
    {27, Permanent, "missing or unknown APN", "check the APN"},
    {28, Permanent, "unknown PDN type", "choose another IP family"},
    {29, Permanent, "user authentication failed", "check user name, password and auth method"},
    {30, Throttled, "request rejected by the gateway", ""},
    {31, Throttled, "request rejected, unspecified", ""},
    {32, Permanent, "service option not supported", "check the APN and the subscription"},
    {33, Permanent, "requested service option not subscribed", "check the APN"},
    {34, Throttled, "service option temporarily out of order", ""},
    {35, Transient, "PTI already in use", ""},
    {36, Transient, "regular deactivation", ""},
    {37, Permanent, "EPS QoS not accepted", "the profile asks for a QoS that is not granted"},
    {38, Transient, "network failure", ""},
    {39, Transient, "reactivation requested", ""},
    {43, Transient, "invalid EPS bearer identity", ""},
    {47, Transient, "PTI mismatch", ""},
    {49, Transient, "last PDN disconnection not allowed", ""},
    {50, Permanent, "PDN type IPv4 only allowed", "the network grants this APN IPv4 alone"},
    {51, Permanent, "PDN type IPv6 only allowed", "the network grants this APN IPv6 alone"},
    {52, Permanent, "single address bearers only allowed", "the network grants one IP family"},
    {53, Transient, "ESM information not received", ""},
    {54, Transient, "PDN connection does not exist", ""},
    {55, Permanent, "multiple PDN connections for a given APN not allowed",
     "something else uses this APN already"},
    {56, Transient, "collision with network initiated request", ""},
    {57, Permanent, "PDN type IPv4v6 only allowed", "choose the IP family v4v6"},
    {58, Permanent, "PDN type non IP only allowed", "check the APN"},
    {59, Permanent, "unsupported QCI value", ""},
    {60, Permanent, "bearer handling not supported", ""},
    {65, Throttled, "maximum number of EPS bearers reached", ""},
    {66, Throttled, "APN not supported in this RAT and PLMN", "check the APN and roaming"},
    {81, Transient, "invalid PTI value", ""},
    {95, Transient, "semantically incorrect message", ""},
    {96, Transient, "invalid mandatory information", ""},
    {97, Transient, "message type non-existent", ""},
    {98, Transient, "message type not compatible with the protocol state", ""},
    {99, Transient, "information element non-existent", ""},
    {100, Transient, "conditional IE error", ""},
    {101, Transient, "message not compatible with the protocol state", ""},
    {111, Transient, "protocol error, unspecified", ""},
    {112, Permanent, "APN restriction value incompatible with active EPS bearer context",
     "another bearer of this SIM excludes this APN"},
    {113, Throttled, "multiple accesses to a PDN connection not allowed", ""},
};

constexpr Cause kEmm[] = {
    {2, Permanent, "IMSI unknown in HSS", "the SIM is not activated or was cancelled"},
    {3, Permanent, "illegal UE", "the network refuses this SIM"},
    {5, Permanent, "IMEI not accepted", "the network refuses this modem"},
    {6, Permanent, "illegal ME", "the network refuses this modem"},
    {7, Permanent, "EPS services not allowed", "the subscription has no LTE data"},
    {8, Permanent, "EPS services and non-EPS services not allowed", "the SIM has no service here"},
    {9, Transient, "UE identity cannot be derived by the network", ""},
    {10, Transient, "implicitly detached", ""},
    {11, Permanent, "PLMN not allowed", "this SIM may not use this operator; check roaming"},
    {12, Permanent, "tracking area not allowed", "this SIM may not be used in this area"},
    {13, Permanent, "roaming not allowed in this tracking area", "check roaming"},
    {14, Permanent, "EPS services not allowed in this PLMN", "check roaming"},
    {15, Throttled, "no suitable cells in tracking area", ""},
    {16, Transient, "MSC temporarily not reachable", ""},
    {17, Throttled, "network failure", ""},
    {18, Transient, "CS domain not available", ""},
    {19, Throttled, "ESM failure", "check the APN of the default profile"},
    {20, Transient, "MAC failure", ""},
    {21, Transient, "synch failure", ""},
    {22, Throttled, "congestion", ""},
    {23, Permanent, "UE security capabilities mismatch", ""},
    {24, Transient, "security mode rejected, unspecified", ""},
    {25, Permanent, "not authorized for this CSG", ""},
    {26, Permanent, "non-EPS authentication unacceptable", ""},
    {35, Permanent, "requested service option not authorized in this PLMN", "check roaming"},
    {39, Transient, "CS service temporarily not available", ""},
    {40, Transient, "no EPS bearer context activated", ""},
    {42, Throttled, "severe network failure", ""},
    {95, Transient, "semantically incorrect message", ""},
    {96, Transient, "invalid mandatory information", ""},
    {97, Transient, "message type non-existent", ""},
    {98, Transient, "message type not compatible with the protocol state", ""},
    {99, Transient, "information element non-existent", ""},
    {100, Transient, "conditional IE error", ""},
    {101, Transient, "message not compatible with the protocol state", ""},
    {111, Transient, "protocol error, unspecified", ""},
};

const Cause* find(std::span<const Cause> table, std::uint16_t number) {
  const auto at = std::ranges::lower_bound(table, number, {}, &Cause::number);
  return at != table.end() && at->number == number ? &*at : nullptr;
}

}  // namespace

const Cause* find_esm_cause(std::uint16_t number) { return find(kEsm, number); }
const Cause* find_emm_cause(std::uint16_t number) { return find(kEmm, number); }

Explanation explain_cause(const char* kind, std::uint16_t number, const Cause* cause) {
  if (cause == nullptr) return {Transient, fmt::format("{} cause {}", kind, number)};
  const bool advice = *cause->advice != '\0';
  return {cause->failure, fmt::format("{} cause {} ({}){}{}", kind, number, cause->meaning,
                                      advice ? ": " : "", cause->advice)};
}

Explanation explain_reject(std::uint16_t emm_cause) {
  return explain_cause("EMM", emm_cause, find_emm_cause(emm_cause));
}

}  // namespace mwan
