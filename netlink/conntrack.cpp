// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/conntrack.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack_tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace mwan::netlink {
namespace {

using Flow = std::unique_ptr<nf_conntrack, decltype(&nfct_destroy)>;
using Handle = std::unique_ptr<nfct_handle, decltype(&nfct_close)>;

struct Search {
  const IpAddress& local;
  std::vector<Flow> found;
};

bool answers_come_to(const nf_conntrack* flow, const IpAddress& local) {
  const bool v4 = local.family() == IpFamily::V4;
  if (nfct_get_attr_u8(flow, ATTR_REPL_L3PROTO) != (v4 ? AF_INET : AF_INET6)) return false;
  const void* address = nfct_get_attr(flow, v4 ? ATTR_REPL_IPV4_DST : ATTR_REPL_IPV6_DST);
  const auto wanted = local.bytes();
  return address != nullptr && std::memcmp(address, wanted.data(), wanted.size()) == 0;
}

int look_at(nf_conntrack_msg_type /*type*/, nf_conntrack* flow, void* data) {
  auto& search = *static_cast<Search*>(data);
  if (answers_come_to(flow, search.local)) {
    search.found.emplace_back(nfct_clone(flow), nfct_destroy);
  }
  return NFCT_CB_CONTINUE;
}

struct ZoneSearch {
  std::uint16_t zone = 0;
  std::size_t most = 0;
  std::vector<Flow> found;
};

// Source and destination of the first packet, and where the answers go.
struct Ends {
  IpAddress from;
  IpAddress to;
  IpAddress answers_to;
};

std::optional<Ends> ends_of(const nf_conntrack* flow) {
  const bool v4 = nfct_get_attr_u8(flow, ATTR_ORIG_L3PROTO) == AF_INET;
  const auto address = [&](nf_conntrack_attr of_v4, nf_conntrack_attr of_v6) {
    const void* bytes = nfct_get_attr(flow, v4 ? of_v4 : of_v6);
    return bytes == nullptr ? std::nullopt
                            : IpAddress::from_bytes(std::span(
                                  static_cast<const std::uint8_t*>(bytes), v4 ? 4U : 16U));
  };
  const auto from = address(ATTR_ORIG_IPV4_SRC, ATTR_ORIG_IPV6_SRC);
  const auto to = address(ATTR_ORIG_IPV4_DST, ATTR_ORIG_IPV6_DST);
  const auto answers_to = address(ATTR_REPL_IPV4_DST, ATTR_REPL_IPV6_DST);
  if (!from || !to || !answers_to) return std::nullopt;
  return Ends{*from, *to, *answers_to};
}

struct UntranslatedSearch {
  const std::vector<IpAddress>& ours;
  std::vector<Flow> found;
};

int look_for_untranslated(nf_conntrack_msg_type /*type*/, nf_conntrack* flow, void* data) {
  auto& search = *static_cast<UntranslatedSearch*>(data);
  const bool answered = (nfct_get_attr_u32(flow, ATTR_STATUS) & IPS_SEEN_REPLY) != 0;
  const auto ends = ends_of(flow);
  if (!answered && ends && ends->from == ends->answers_to &&
      std::ranges::find(search.ours, ends->from) == search.ours.end()) {
    search.found.emplace_back(nfct_clone(flow), nfct_destroy);
  }
  return NFCT_CB_CONTINUE;
}

int look_in_zone(nf_conntrack_msg_type /*type*/, nf_conntrack* flow, void* data) {
  auto& search = *static_cast<ZoneSearch*>(data);
  if (search.found.size() >= search.most) return NFCT_CB_CONTINUE;
  if (nfct_get_attr_u16(flow, ATTR_ZONE) != search.zone ||
      nfct_get_attr_u8(flow, ATTR_ORIG_L4PROTO) != IPPROTO_TCP) {
    return NFCT_CB_CONTINUE;
  }
  const std::uint8_t state = nfct_get_attr_u8(flow, ATTR_TCP_STATE);
  const bool open = state == TCP_CONNTRACK_ESTABLISHED || state == TCP_CONNTRACK_FIN_WAIT ||
                    state == TCP_CONNTRACK_CLOSE_WAIT;
  const auto ends = ends_of(flow);
  // What the router sent itself has its answers come to where it was sent from.
  if (open && ends && ends->from != ends->answers_to) {
    search.found.emplace_back(nfct_clone(flow), nfct_destroy);
  }
  return NFCT_CB_CONTINUE;
}

tl::unexpected<Error> refused(const std::string& whose, const char* what) {
  const int error = errno;
  std::string why = std::string(what) + ": " + std::strerror(error);
  if (error == EPERM) why += "; it needs CAP_NET_ADMIN";
  if (error == EPROTONOSUPPORT || error == EINVAL) {
    why += "; is nf_conntrack_netlink in this kernel?";
  }
  return failed(FailureClass::Transient, "flows of " + whose, why);
}

// The dump has been read to its end before: both use one socket.
Result<std::size_t> delete_all(nfct_handle* handle, const std::vector<Flow>& flows,
                               const std::string& whose) {
  std::size_t deleted = 0;
  for (const Flow& flow : flows) {
    if (nfct_query(handle, NFCT_Q_DESTROY, flow.get()) == 0) {
      ++deleted;
    } else if (errno != ENOENT) {  // it ended by itself meanwhile
      return refused(whose, "deleting a flow");
    }
  }
  return deleted;
}

}  // namespace

Result<std::size_t> delete_flows_of(const IpAddress& local) {
  const Handle handle(nfct_open(CONNTRACK, 0), nfct_close);
  if (!handle) return refused(local.text(), "conntrack cannot be opened");
  Search search{.local = local, .found = {}};
  nfct_callback_register(handle.get(), NFCT_T_ALL, look_at, &search);
  const std::uint32_t family = local.family() == IpFamily::V4 ? AF_INET : AF_INET6;
  if (nfct_query(handle.get(), NFCT_Q_DUMP, &family) != 0)
    return refused(local.text(), "listing flows");
  return delete_all(handle.get(), search.found, local.text());
}

Result<std::size_t> delete_untranslated_flows(const std::vector<IpAddress>& ours) {
  const std::string whose = "hosts that are not translated";
  const Handle handle(nfct_open(CONNTRACK, 0), nfct_close);
  if (!handle) return refused(whose, "conntrack cannot be opened");
  UntranslatedSearch search{.ours = ours, .found = {}};
  nfct_callback_register(handle.get(), NFCT_T_ALL, look_for_untranslated, &search);
  const std::uint32_t family = AF_INET;
  if (nfct_query(handle.get(), NFCT_Q_DUMP, &family) != 0) return refused(whose, "listing flows");
  return delete_all(handle.get(), search.found, whose);
}

Result<std::vector<TcpFlow>> take_translated_tcp(std::uint16_t zone, std::size_t most) {
  const std::string whose = "conntrack zone " + std::to_string(zone);
  const Handle handle(nfct_open(CONNTRACK, 0), nfct_close);
  if (!handle) return refused(whose, "conntrack cannot be opened");
  ZoneSearch search{.zone = zone, .most = most, .found = {}};
  nfct_callback_register(handle.get(), NFCT_T_ALL, look_in_zone, &search);
  for (const std::uint32_t family : {AF_INET, AF_INET6}) {
    if (nfct_query(handle.get(), NFCT_Q_DUMP, &family) != 0) return refused(whose, "listing flows");
  }
  std::vector<TcpFlow> out;
  for (const Flow& flow : search.found) {
    if (nfct_query(handle.get(), NFCT_Q_DESTROY, flow.get()) != 0) continue;  // ended meanwhile
    const auto ends = ends_of(flow.get());
    if (!ends) continue;
    out.push_back({.host = ends->from,
                   .host_port = ntohs(nfct_get_attr_u16(flow.get(), ATTR_ORIG_PORT_SRC)),
                   .server = ends->to,
                   .server_port = ntohs(nfct_get_attr_u16(flow.get(), ATTR_ORIG_PORT_DST))});
  }
  return out;
}

}  // namespace mwan::netlink
