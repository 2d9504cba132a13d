// SPDX-License-Identifier: LGPL-2.1-or-later
// What the routers of a link have advertised, and what a host with one address makes of it. Pure:
// time comes in with every call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "hal/ip.hpp"
#include "hal/ra/router_advertisement.hpp"
#include "hal/time.hpp"

namespace mwan {

// The way out, as it is at one moment.
struct RouterOffer {
  IpAddress router;  // link-local
  // To make an address of (RFC 4862), a /64; none: addresses are given by DHCPv6, or not at all.
  std::optional<IpPrefix> prefix;
  bool on_link = false;  // the prefix: its hosts are reached without the router
  bool managed = false;  // DHCPv6 gives addresses
  std::vector<IpAddress> dns;
  std::optional<std::uint32_t> mtu;  // bytes
  bool operator==(const RouterOffer&) const = default;
};

// Of several routers the one with the highest preference, and then the one that is in use, or was
// heard first. Of several prefixes one that this router advertises and that is preferred; what is
// deprecated is used while there is nothing else. One that is in use stays, until the router has
// left it out of two advertisements in a row that had another one: then the network was renumbered
// without a word about the old prefix (RFC 8978).
class RouterView {
 public:
  // True when it should be asked again soon: something in use was left out.
  bool hear(Instant now, const IpAddress& from, const RouterAdvertisement& said);

  // Forgets what has run out. Nothing: there is no default router.
  std::optional<RouterOffer> offer(Instant now);
  // When something runs out next, after now.
  [[nodiscard]] std::optional<Instant> deadline(Instant now) const;

  void clear() { *this = RouterView(); }

 private:
  struct Router {
    IpAddress address;
    RouterPreference preference = RouterPreference::Medium;
    Instant until;
    bool managed = false;
    std::optional<std::uint32_t> mtu;
  };
  struct Prefix {
    IpAddress router;
    IpPrefix prefix;
    bool on_link = false;
    Instant valid_until;
    Instant preferred_until;
    int left_out = 0;  // advertisements in a row that had another one
  };
  struct Server {
    IpAddress address;
    Instant until;
  };

  void hear_router(Instant now, const IpAddress& from, const RouterAdvertisement& said);
  void hear_prefix(Instant now, const IpAddress& from, const AdvertisedPrefix& said);
  void hear_server(Instant now, const AdvertisedServer& said);
  void forget(Instant now);
  [[nodiscard]] const Router* best_router() const;
  [[nodiscard]] const Prefix* best_prefix(Instant now, const IpAddress& router) const;

  std::vector<Router> routers_;
  std::vector<Prefix> prefixes_;  // those that addresses can be made of
  std::vector<Server> servers_;
  std::optional<IpAddress> router_;  // in use
  std::optional<IpPrefix> prefix_;
};

}  // namespace mwan
