// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ra/router_view.hpp"

#include <algorithm>
#include <tuple>

namespace mwan {
namespace {

// What a link may have; what comes beyond that is somebody's flood.
constexpr std::size_t kMostRouters = 8;
constexpr std::size_t kMostKeptPrefixes = 16;
constexpr std::size_t kMostKeptServers = 8;
// As many name servers of a link as DHCP may give.
constexpr std::size_t kServersUsed = 4;
constexpr int kLeftOutForGood = 2;
constexpr Duration kTwoHours = std::chrono::hours(2);

Instant end_of(Instant now, std::uint32_t seconds) {
  if (seconds == kRaForEver) return Instant::max();
  return now + std::chrono::seconds(seconds);
}

// The entry of the list that fits, or a new one while there is room.
template <class T, class Fits>
T* find_or_add(std::vector<T>& list, std::size_t most, const Fits& fits, T fresh) {
  const auto known = std::ranges::find_if(list, fits);
  if (known != list.end()) return &*known;
  if (list.size() >= most) return nullptr;
  list.push_back(std::move(fresh));
  return &list.back();
}

}  // namespace

bool RouterView::hear(Instant now, const IpAddress& from, const RouterAdvertisement& said) {
  forget(now);
  hear_router(now, from, said);
  const bool has_prefix = std::ranges::any_of(said.prefixes, [](const AdvertisedPrefix& prefix) {
    return prefix.autonomous && prefix.preferred_s > 0;
  });
  bool left_out = false;
  for (Prefix& known : prefixes_) {
    if (known.router != from || !has_prefix) continue;
    const bool there = std::ranges::any_of(
        said.prefixes, [&](const AdvertisedPrefix& one) { return one.prefix == known.prefix; });
    known.left_out = there ? 0 : std::min(known.left_out + 1, kLeftOutForGood);
    left_out = left_out || (known.left_out == 1 && known.prefix == prefix_);
  }
  for (const AdvertisedPrefix& prefix : said.prefixes) hear_prefix(now, from, prefix);
  for (const AdvertisedServer& server : said.servers) hear_server(now, server);
  forget(now);
  return left_out;
}

void RouterView::hear_router(Instant now, const IpAddress& from, const RouterAdvertisement& said) {
  Router* router = find_or_add(
      routers_, kMostRouters, [&](const Router& known) { return known.address == from; },
      Router{.address = from,
             .preference = said.preference,
             .until = now,
             .managed = false,
             .mtu = std::nullopt});
  if (router == nullptr) return;
  router->preference = said.preference;
  router->until = now + std::chrono::seconds(said.lifetime_s);
  router->managed = said.managed;
  if (said.mtu) router->mtu = said.mtu;
}

void RouterView::hear_prefix(Instant now, const IpAddress& from, const AdvertisedPrefix& said) {
  // Interface identifiers have 64 bits (RFC 4291 section 2.5.1).
  if (!said.autonomous || said.prefix.length != 64) return;
  Prefix* prefix = find_or_add(
      prefixes_, kMostKeptPrefixes,
      [&](const Prefix& known) { return known.router == from && known.prefix == said.prefix; },
      Prefix{.router = from,
             .prefix = said.prefix,
             .on_link = said.on_link,
             .valid_until = now,
             .preferred_until = now});
  if (prefix == nullptr) return;
  prefix->on_link = said.on_link;
  prefix->preferred_until = end_of(now, said.preferred_s);
  // RFC 4862 section 5.5.3 e: anybody on the link could shorten it otherwise.
  const Instant said_until = end_of(now, said.valid_s);
  if (said_until > prefix->valid_until || said_until > now + kTwoHours) {
    prefix->valid_until = said_until;
  } else if (prefix->valid_until > now + kTwoHours) {
    prefix->valid_until = now + kTwoHours;
  }
}

void RouterView::hear_server(Instant now, const AdvertisedServer& said) {
  Server* server = find_or_add(
      servers_, kMostKeptServers,
      [&](const Server& known) { return known.address == said.address; },
      Server{.address = said.address, .until = now});
  if (server != nullptr) server->until = end_of(now, said.lifetime_s);
}

void RouterView::forget(Instant now) {
  std::erase_if(routers_, [now](const Router& router) { return router.until <= now; });
  std::erase_if(prefixes_, [now](const Prefix& prefix) { return prefix.valid_until <= now; });
  std::erase_if(servers_, [now](const Server& server) { return server.until <= now; });
}

const RouterView::Router* RouterView::best_router() const {
  const Router* best = nullptr;
  const auto rank = [this](const Router& router) {
    return std::pair(router.preference, router.address == router_);
  };
  for (const Router& router : routers_) {
    if (best == nullptr || rank(router) > rank(*best)) best = &router;
  }
  return best;
}

const RouterView::Prefix* RouterView::best_prefix(Instant now, const IpAddress& router) const {
  const Prefix* best = nullptr;
  const auto rank = [&](const Prefix& prefix) {
    return std::tuple(prefix.router == router, prefix.preferred_until > now,
                      prefix.left_out < kLeftOutForGood, prefix.prefix == prefix_);
  };
  for (const Prefix& prefix : prefixes_) {
    if (best == nullptr || rank(prefix) > rank(*best)) best = &prefix;
  }
  return best;
}

std::optional<RouterOffer> RouterView::offer(Instant now) {
  forget(now);
  const Router* router = best_router();
  if (router == nullptr) {
    router_.reset();
    prefix_.reset();
    return std::nullopt;
  }
  router_ = router->address;
  RouterOffer out{.router = router->address,
                  .prefix = std::nullopt,
                  .on_link = false,
                  .managed = router->managed,
                  .dns = {},
                  .mtu = router->mtu};
  const Prefix* prefix = best_prefix(now, router->address);
  prefix_.reset();
  if (prefix != nullptr) {
    prefix_ = prefix->prefix;
    out.prefix = prefix->prefix;
    out.on_link = prefix->on_link;
  }
  for (const Server& server : servers_) {
    if (out.dns.size() < kServersUsed) out.dns.push_back(server.address);
  }
  return out;
}

std::optional<Instant> RouterView::deadline(Instant now) const {
  std::optional<Instant> at;
  const auto consider = [&](Instant when) {
    if (when > now && when != Instant::max() && (!at || when < *at)) at = when;
  };
  for (const Router& router : routers_) consider(router.until);
  for (const Prefix& prefix : prefixes_) {
    consider(prefix.valid_until);
    consider(prefix.preferred_until);
  }
  for (const Server& server : servers_) consider(server.until);
  return at;
}

}  // namespace mwan
