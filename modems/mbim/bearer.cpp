// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/bearer.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "modems/mbim/status.hpp"

namespace mwan::mbim {
namespace {

using namespace std::chrono_literals;

// An activation under way is announced; not every firmware does.
constexpr Duration kActivatePace = 1s;
// Addresses may come a little after the activation.
constexpr Duration kAddressPace = 250ms;
constexpr Duration kAddressPatience = 2s;

// PDN type IPv4 only, IPv6 only, single address bearers only (3GPP TS 24.301 section 9.9.4.4).
constexpr std::uint32_t kV4Only = 50;
constexpr std::uint32_t kV6Only = 51;
constexpr std::uint32_t kOneOnly = 52;

Result<Connection> connection_of(const Reply& reply) { return decode_connect(reply.buffer); }
Result<IpSettings> settings_of(const Reply& reply) { return decode_ip_configuration(reply.buffer); }
Result<TrafficCounters> counters_of(const Reply& reply) {
  return decode_packet_statistics(reply.buffer);
}

const char* name(IpFamily family) { return family == IpFamily::V4 ? "ipv4" : "ipv6"; }

bool contains(const std::vector<IpFamily>& families, IpFamily family) {
  return std::ranges::find(families, family) != families.end();
}

ContextIp context_of(const std::vector<IpFamily>& families) {
  const bool v6 = contains(families, IpFamily::V6);
  if (!contains(families, IpFamily::V4)) return ContextIp::V6;
  return v6 ? ContextIp::V4V6 : ContextIp::V4;
}

Result<IpConfig> config_of(const Port& port, const IpSettings& settings, IpFamily family) {
  if (auto config = settings.of(family)) return *std::move(config);
  const std::string what = fmt::format("query ip-configuration {}", name(family));
  return failed(port.error(
      FailureClass::Permanent, what,
      family == IpFamily::V4
          ? "the bearer is up and has no IPv4 address: it would have to be asked for by DHCP"
          : "the bearer is up and has no IPv6 address but a link-local one at best: it would have "
            "to come by router advertisement"));
}

}  // namespace

bool Bearer::holds(IpFamily family) const { return contains(up_, family); }

Task<Result<Connection>> Bearer::query(Cancel cancel) {
  const Request request = query_connect(port_.version());
  const Duration deadline = port_.config.timings.request;
  Result<Reply> reply = co_await ask(port_, request, deadline, cancel);
  if (reply && reply->status == status::kContextNotActivated) {
    co_return Connection{.state = Activation::Deactivated};
  }
  reply = accepted(std::move(reply), port_.where(request.what));
  if (!reply) co_return failed(reply.error());
  Result<Connection> connection = connection_of(*reply);
  if (!connection) connection.error().where = port_.where(request.what);
  co_return connection;
}

// Until an activation that was begun has come to an end.
Task<Result<Connection>> Bearer::settle(Connection connection, Instant until, Cancel cancel) {
  while (connection.state == Activation::Activating) {
    if (Loop::now() >= until) {
      co_return failed(port_.error(FailureClass::Transient, "connect activate",
                                   "the network does not complete the activation"));
    }
    const Woken woken = co_await port_.changed.wait(port_.loop, cancel, kActivatePace);
    if (woken == Woken::Cancelled) {
      co_return failed(port_.error(FailureClass::Cancelled, "connect activate", "cancelled"));
    }
    const Result<Connection> now = co_await query(cancel);
    if (!now) co_return failed(now.error());
    connection = *now;
  }
  co_return connection;
}

Task<Result<Bearer::Dialled>> Bearer::dial(std::vector<IpFamily> families, Cancel cancel) {
  const std::string what = "connect activate";
  const Duration patience = port_.config.timings.start_network;
  const Instant until = Loop::now() + patience;
  const ContextIp type = context_of(families);
  const Result<Reply> reply = co_await port_.session->activate(type, patience, cancel);
  if (!reply) co_return failed(reply.error());
  Dialled out;
  Result<Connection> connection = connection_of(*reply);
  if (connection) {
    const Connection begun = *connection;
    connection = co_await settle(begun, until, cancel);
    if (!connection) {
      const Duration deadline = port_.config.timings.request;
      const Cancel never;
      const Result<Reply> undone = co_await port_.session->deactivate(deadline, never);
      co_return failed(connection.error());
    }
    out.nw_error = connection->nw_error;
    // Up is up, whatever the status and the network say beside it (IPv4 only, for one).
    if (connection->active()) {
      out.up = *connection;
      co_return out;
    }
  }
  if (out.nw_error != 0) {
    const Explanation why = explain_nw_error(out.nw_error);
    out.why = port_.error(why.failure, what, why.text);
  } else if (reply->status != status::kNone) {
    out.why = accepted(*reply, port_.where(what)).error();
  } else {
    out.why = port_.error(FailureClass::Transient, what, "it did not come up: no reason given");
  }
  co_return out;
}

FamilyOutcome Bearer::not_granted(IpFamily family, const Dialled& dialled) const {
  const std::string what = fmt::format("connect activate {}", name(family));
  FamilyOutcome out{.family = family, .config = IpConfig{}};
  const bool other = dialled.nw_error == (family == IpFamily::V4 ? kV6Only : kV4Only);
  if (dialled.nw_error != 0) {
    const Explanation why = explain_nw_error(dialled.nw_error);
    out.config = failed(port_.error(why.failure, what, why.text));
  } else {
    out.config = failed(port_.error(FailureClass::Permanent, what,
                                    "the network grants this APN the other IP family alone"));
  }
  out.other_family_only = other || dialled.nw_error == 0;
  return out;
}

// Asked until every family that the bearer carries has its address, for a short while.
Task<Result<IpSettings>> Bearer::addresses(std::vector<IpFamily> families, Connection connection,
                                           Cancel cancel) {
  const Request request = query_ip_configuration();
  const Instant until = Loop::now() + kAddressPatience;
  while (true) {
    const Result<IpSettings> settings = co_await read(port_, request, settings_of, cancel);
    if (!settings) co_return settings;
    const bool complete = std::ranges::all_of(families, [&](IpFamily family) {
      return !connection.carries(family) || settings->of(family).has_value();
    });
    if (complete || Loop::now() >= until) co_return settings;
    const Woken woken = co_await port_.changed.wait(port_.loop, cancel, kAddressPace);
    if (woken == Woken::Cancelled) {
      co_return failed(port_.error(FailureClass::Cancelled, request.what, "cancelled"));
    }
  }
}

Task<Result<std::vector<FamilyOutcome>>> Bearer::outcomes(std::vector<IpFamily> families,
                                                          Dialled dialled, Cancel cancel) {
  std::vector<FamilyOutcome> out;
  if (!dialled.up) {
    for (const IpFamily family : families) {
      FamilyOutcome one{.family = family, .config = failed(dialled.why)};
      one.other_family_only = dialled.nw_error == (family == IpFamily::V4 ? kV6Only : kV4Only);
      out.push_back(std::move(one));
    }
    co_return std::move(out);
  }
  const Connection connection = *dialled.up;
  const Result<IpSettings> settings = co_await addresses(families, connection, cancel);
  if (!settings) co_return failed(settings.error());
  for (const IpFamily family : families) {
    const bool refused = dialled.nw_error == (family == IpFamily::V4 ? kV6Only : kV4Only);
    const bool has = settings->of(family).has_value();
    if (!connection.carries(family) || (refused && !has)) {
      out.push_back(not_granted(family, dialled));
      continue;
    }
    out.push_back({.family = family, .config = config_of(port_, *settings, family)});
    if (has && !holds(family)) up_.push_back(family);
  }
  co_return std::move(out);
}

Task<Result<std::vector<FamilyOutcome>>> Bearer::connect(std::vector<IpFamily> families,
                                                         Cancel cancel) {
  const Result<Connection> before = co_await query(cancel);
  if (!before) co_return failed(before.error());
  const bool ours = std::ranges::all_of(
      families, [&](IpFamily family) { return holds(family) && before->carries(family); });
  if (ours) {
    const Dialled up{.up = *before};
    co_return co_await outcomes(families, up, cancel);
  }
  up_.clear();
  if (before->state != Activation::Deactivated && before->state != Activation::Unknown) {
    // Of an earlier life, or of the other family alone.
    const Duration deadline = port_.config.timings.request;
    const Result<Reply> undone = co_await port_.session->deactivate(deadline, cancel);
    if (!undone) co_return failed(undone.error());
  }
  Result<Dialled> dialled = co_await dial(families, cancel);
  if (!dialled) co_return failed(dialled.error());
  std::vector<FamilyOutcome> left_out;
  std::vector<IpFamily> asked = families;
  const bool narrow =
      dialled->nw_error == kV4Only || dialled->nw_error == kV6Only || dialled->nw_error == kOneOnly;
  if (!dialled->up && narrow && families.size() > 1) {
    const IpFamily one = dialled->nw_error == kV6Only ? IpFamily::V6 : IpFamily::V4;
    const IpFamily other = one == IpFamily::V4 ? IpFamily::V6 : IpFamily::V4;
    left_out.push_back(not_granted(other, *dialled));
    asked = {one};
    dialled = co_await dial(asked, cancel);
    if (!dialled) co_return failed(dialled.error());
  }
  const Dialled outcome = *dialled;
  Result<std::vector<FamilyOutcome>> out = co_await outcomes(asked, outcome, cancel);
  if (outcome.up && up_.empty()) {
    // Up and of no use.
    const Duration deadline = port_.config.timings.request;
    const Cancel never;
    const Result<Reply> undone = co_await port_.session->deactivate(deadline, never);
  }
  if (!out) co_return failed(out.error());
  std::ranges::move(left_out, std::back_inserter(*out));
  co_return std::move(out);
}

Task<void> Bearer::disconnect(std::vector<IpFamily> families, Cancel cancel) {
  std::erase_if(up_, [&](IpFamily family) { return contains(families, family); });
  if (!up_.empty() || !port_.session) co_return;  // the other family still uses it
  const Duration deadline = port_.config.timings.request;
  const Result<Reply> ignored = co_await port_.session->deactivate(deadline, cancel);
}

Task<Result<IpConfig>> Bearer::read_addressing(IpFamily family, Cancel cancel) {
  const Request request = query_ip_configuration();
  const Result<IpSettings> settings = co_await read(port_, request, settings_of, cancel);
  if (!settings) co_return failed(settings.error());
  co_return config_of(port_, *settings, family);
}

Task<Result<bool>> Bearer::read_connected(IpFamily family, Cancel cancel) {
  const Result<Connection> connection = co_await query(cancel);
  if (!connection) co_return failed(connection.error());
  co_return connection->carries(family);
}

Task<Result<TrafficCounters>> Bearer::read_counters(Cancel cancel) {
  const Request request = query_packet_statistics();
  co_return co_await read(port_, request, counters_of, cancel);
}

void Bearer::hear(const Connection& connection) {
  if (connection.session != kSession || connection.state != Activation::Deactivated) return;
  const std::vector<IpFamily> ended = std::exchange(up_, {});
  const Explanation why = explain_nw_error(connection.nw_error);
  for (const IpFamily family : ended) {
    const std::string what = fmt::format("bearer {}", name(family));
    const std::string text = "the network or the modem ended it: " + why.text;
    port_.tell(report::BearerEnded{family, port_.error(why.failure, what, text)});
  }
}

void Bearer::hear(const IpSettings& settings) {
  if (settings.session != kSession || up_.empty()) return;
  port_.tell(report::AddressingChanged{});
}

}  // namespace mwan::mbim
