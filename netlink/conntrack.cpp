// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/conntrack.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
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

tl::unexpected<Error> refused(const IpAddress& local, const char* what) {
  const int error = errno;
  std::string why = std::string(what) + ": " + std::strerror(error);
  if (error == EPERM) why += "; it needs CAP_NET_ADMIN";
  if (error == EPROTONOSUPPORT || error == EINVAL) {
    why += "; is nf_conntrack_netlink in this kernel?";
  }
  return failed(FailureClass::Transient, "flows of " + local.text(), why);
}

}  // namespace

Result<std::size_t> delete_flows_of(const IpAddress& local) {
  const Handle handle(nfct_open(CONNTRACK, 0), nfct_close);
  if (!handle) return refused(local, "conntrack cannot be opened");
  Search search{.local = local, .found = {}};
  nfct_callback_register(handle.get(), NFCT_T_ALL, look_at, &search);
  const std::uint32_t family = local.family() == IpFamily::V4 ? AF_INET : AF_INET6;
  if (nfct_query(handle.get(), NFCT_Q_DUMP, &family) != 0) return refused(local, "listing flows");
  // The dump is read to its end before anything is deleted: both use one socket.
  std::size_t deleted = 0;
  for (const Flow& flow : search.found) {
    if (nfct_query(handle.get(), NFCT_Q_DESTROY, flow.get()) == 0) {
      ++deleted;
    } else if (errno != ENOENT) {  // it ended by itself meanwhile
      return refused(local, "deleting a flow");
    }
  }
  return deleted;
}

}  // namespace mwan::netlink
