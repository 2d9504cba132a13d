// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/sessions.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "tools/mwan-sim/mbim/session_values.hpp"
#include "tools/mwan-sim/mbim/values.hpp"

namespace mwan::sim::mbim {
namespace {

// Handles on the modem's bearers are kept apart from those of QMI client ids, which have 8 bits.
Bearers::Owner owner_of(std::uint32_t session) {
  return static_cast<Bearers::Owner>(0x8000U | session);
}

}  // namespace

Sessions::Sessions(Host& host) : Module(host) {
  answer(
      ref::kConnect,
      [this](const Request& request) {
        InfoReader reader(request.info);
        const SessionId id = reader.u32();
        if (!reader.ok() || id >= kMaxSessions) return failure(Status::InvalidParameters);
        return Reply{Status::None, connect_info(id)};
      },
      [this](const Request& request) { return set_connect(request); });
  answer(ref::kIpConfiguration, [this](const Request& request) {
    InfoReader reader(request.info);
    const SessionId id = reader.u32();
    if (!reader.ok() || id >= kMaxSessions) return failure(Status::InvalidParameters);
    if (!active(id)) return failure(Status::ContextNotActivated);
    return Reply{Status::None, ip_info(id)};
  });
  tell(ref::kPacketStatistics, [this] { return statistics(); });
  answer(ref::kPco, [this](const Request& request) -> std::optional<Reply> {
    if (modem().faults().dies_of_pco()) return std::nullopt;
    return pco(request);
  });
}

std::optional<std::uint32_t> Sessions::session_of(IpFamily family) const {
  for (const auto& [id, session] : sessions_) {
    if (active(id) && carries(session, family)) return id;
  }
  return std::nullopt;
}

bool Sessions::carries(std::uint32_t session, IpFamily family) const {
  return active(session) && carries(sessions_.at(session), family);
}

bool Sessions::active(SessionId id) const {
  const auto session = sessions_.find(id);
  if (session == sessions_.end() || session->second.request) return false;
  return carries(session->second, IpFamily::V4) || carries(session->second, IpFamily::V6);
}

// A session may have ended without a word (faults late-disconnect, missing-disconnect): asked, the
// modem knows.
bool Sessions::carries(const Session& session, IpFamily family) const {
  return session.handles.contains(family) &&
         std::as_const(modem().bearers()).find(family) != nullptr;
}

Sessions::Count Sessions::count() const {
  Count count;
  for (const auto& [id, session] : sessions_) {
    if (!active(id)) continue;
    ++count.active;
    if (session.by == 0) ++count.disowned;
  }
  return count;
}

void Sessions::wiped() {
  for (const auto& [id, session] : sessions_) modem().bearers().forget(owner_of(id));
  sessions_.clear();
}

void Sessions::closed(Connection connection) {
  for (auto& [id, session] : sessions_) {
    if (session.by == connection) session.by = 0;
  }
}

std::optional<Reply> Sessions::set_connect(const Request& request) {
  const auto wanted = read_connect(request.info, host().version());
  if (!wanted || wanted->ip_type > kIpv4AndIpv6) return failure(Status::InvalidParameters);
  if (wanted->session >= kMaxSessions) return failure(Status::MaxActivatedContexts);
  if (!wanted->activate) return deactivate(wanted->session);
  if (const auto obstacle = sim_obstacle(modem().sim())) {
    return Reply{*obstacle, connect_info(wanted->session)};
  }
  const auto known = sessions_.find(wanted->session);
  if (known != sessions_.end() && known->second.request) return failure(Status::Busy);
  if (active(wanted->session)) return Reply{Status::None, connect_info(wanted->session)};
  Session session;
  session.context = wanted->context;
  session.apn = wanted->apn;
  session.by = request.route.connection;
  sessions_[wanted->session] = std::move(session);
  return activate(request.route, wanted->session, wanted->ip_type);
}

std::optional<Reply> Sessions::activate(const Route& route, SessionId id, std::uint32_t ip_type) {
  const ModemSettings& settings = modem().settings();
  std::vector<IpFamily> families;
  // Left to the modem, it asks for what it will get.
  const bool any = ip_type == kIpDefault;
  if (ip_type == kIpv4 || ip_type >= kIpv4v6 || (any && settings.grants_ipv4)) {
    families.push_back(IpFamily::V4);
  }
  if (ip_type == kIpv6 || ip_type >= kIpv4v6 || (any && settings.grants_ipv6)) {
    families.push_back(IpFamily::V6);
  }
  Session& session = sessions_[id];
  session.request = route;
  session.waiting = {families.begin(), families.end()};
  for (const IpFamily family : families) {
    const std::uint32_t attempt = modem().bearers().start(
        owner_of(id), family, session.apn,
        [this, id, family](const Bearers::Started& outcome) { started(id, family, outcome); });
    if (attempt != 0) session.attempts[family] = attempt;
  }
  return std::nullopt;
}

void Sessions::started(SessionId id, IpFamily family, const Bearers::Started& outcome) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  Session& session = found->second;
  session.attempts.erase(family);
  switch (outcome.result) {
    case Bearers::StartResult::Connected:
    case Bearers::StartResult::AlreadyStarted:  // the modem dialled by itself: no handle of ours
      session.handles[family] = outcome.handle;
      break;
    case Bearers::StartResult::Failed:
      if (!session.trouble) session.trouble = outcome.why;
      break;
    case Bearers::StartResult::Aborted:
      session.trouble = SessionEnd{};
      break;
  }
  session.waiting.erase(family);
  if (session.waiting.empty()) conclude(id);
}

// One family is enough; the network's reason for refusing the other is told with it.
void Sessions::conclude(SessionId id) {
  Session& session = sessions_.at(id);
  const Route route = *std::exchange(session.request, std::nullopt);
  const auto trouble = std::exchange(session.trouble, std::nullopt);
  session.nw_error = trouble ? network_error(*trouble) : 0;
  const bool up = !session.handles.empty();
  if (up && modem().faults().aborts_start()) {
    host().respond(route, {Status::Failure, {}});
    return;
  }
  host().respond(route,
                 {up ? Status::None : status_of(trouble.value_or(SessionEnd{})), connect_info(id)});
  if (up) host().indicate(ref::kConnect, connect_info(id));
}

Reply Sessions::deactivate(SessionId id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || (found->second.handles.empty() && !found->second.request)) {
    return {Status::ContextNotActivated, connect_info(id)};
  }
  Session& session = found->second;
  // A command that overtakes the activation ends it, which is then answered.
  const auto attempts = session.attempts;
  for (const auto& [family, attempt] : attempts) modem().bearers().abort(attempt);
  const auto handles = std::exchange(session.handles, {});
  session.nw_error = 0;
  session.settle.reset();
  for (const auto& [family, handle] : handles) modem().bearers().stop(owner_of(id), handle);
  const Bytes info = connect_info(id);
  host().indicate(ref::kConnect, info);
  return {Status::None, info};
}

void Sessions::changed(const Change& change) {
  if (const auto* session = std::get_if<change::Session>(&change)) {
    for (auto& [id, one] : sessions_) lost(id, one, *session);
  }
  if (const auto* renumbered = std::get_if<change::Renumbered>(&change)) {
    for (const auto& [id, session] : sessions_) {
      if (session.handles.contains(renumbered->family)) {
        host().indicate(ref::kIpConfiguration, ip_info(id));
      }
    }
  }
}

void Sessions::lost(SessionId id, Session& session, const change::Session& change) {
  if (!change.ended || session.handles.erase(change.family) == 0) return;
  session.nw_error = network_error(*change.ended);
  if (session.request) return;  // told with the answer
  if (session.handles.empty()) {
    session.settle.reset();
    host().indicate(ref::kConnect, connect_info(id));
    return;
  }
  session.settle = host().timers().after(Duration(0), [this, id] {
    sessions_.at(id).settle.reset();
    host().indicate(ref::kConnect, connect_info(id));
    host().indicate(ref::kIpConfiguration, ip_info(id));
  });
}

Bytes Sessions::connect_info(SessionId id) const {
  ConnectState state;
  state.session = id;
  state.context = kInternet;
  if (const auto found = sessions_.find(id); found != sessions_.end()) {
    const Session& session = found->second;
    state.activating = session.request.has_value();
    state.ipv4 = carries(session, IpFamily::V4);
    state.ipv6 = carries(session, IpFamily::V6);
    state.context = session.context;
    state.apn = session.apn;
    state.nw_error = session.nw_error;
  }
  return write_connect(state, host().version());
}

Bytes Sessions::ip_info(SessionId id) const {
  const auto found = sessions_.find(id);
  const auto bearer = [&](IpFamily family) -> const BearerState* {
    if (found == sessions_.end() || !carries(found->second, family)) return nullptr;
    return std::as_const(modem().bearers()).find(family);
  };
  return write_ip_configuration(id, bearer(IpFamily::V4), bearer(IpFamily::V6),
                                modem().settings().mtu);
}

Bytes Sessions::statistics() const {
  Traffic sum;
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    const BearerState* bearer = std::as_const(modem().bearers()).find(family);
    if (bearer == nullptr) continue;
    const Traffic& traffic = bearer->traffic;
    sum.tx_packets += traffic.tx_packets;
    sum.rx_packets += traffic.rx_packets;
    sum.tx_bytes += traffic.tx_bytes;
    sum.rx_bytes += traffic.rx_bytes;
    sum.tx_dropped += traffic.tx_dropped;
    sum.rx_dropped += traffic.rx_dropped;
  }
  return InfoWriter()
      .u32(static_cast<std::uint32_t>(sum.rx_dropped))
      .u32(0)
      .u64(sum.rx_bytes)
      .u64(sum.rx_packets)
      .u64(sum.tx_bytes)
      .u64(sum.tx_packets)
      .u32(0)
      .u32(static_cast<std::uint32_t>(sum.tx_dropped))
      .done();
}

// {session, size, type, data}: an empty list of protocol options (3GPP TS 24.008 section 10.5.6.3).
Reply Sessions::pco(const Request& request) {
  InfoReader reader(request.info);
  const SessionId id = reader.u32();
  if (!reader.ok() || id >= kMaxSessions) return failure(Status::InvalidParameters);
  if (!active(id)) return failure(Status::ContextNotActivated);
  constexpr std::array<std::uint8_t, 4> kOptions = {0x27, 0x01, 0x80, 0x00};
  return {Status::None, InfoWriter().u32(id).u32(4).u32(0).raw(kOptions).done()};
}

}  // namespace mwan::sim::mbim
