// SPDX-License-Identifier: LGPL-2.1-or-later
// What anybody on a link can send as a router: several advertisements, one after the other, and
// what a host makes of them.
#include "hal/ra/router_advertisement.hpp"
#include "hal/ra/router_view.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/fuzz/presentable.hpp"

namespace mwan::fuzz {
namespace {

void look_at(const RouterAdvertisement& said) {
  require(said.prefixes.size() <= 16 && said.servers.size() <= 8, "options are bounded");
  require(!said.mtu || (*said.mtu >= 1280 && *said.mtu <= 65535), "an MTU is one of IPv6");
  for (const AdvertisedPrefix& one : said.prefixes) {
    require(one.preferred_s <= one.valid_s, "what is preferred is valid");
    require(one.prefix.length >= 1 && one.prefix.length <= 128, "a prefix has a length");
  }
}

void look_at(RouterView& view, Instant now) {
  const auto offer = view.offer(now);
  const auto deadline = view.deadline(now);
  require(!deadline || *deadline > now, "what runs out runs out later");
  if (!offer) return;
  require(deadline.has_value(), "a router is one for some time");
  require(offer->router.is_link_local(), "a router is on the link");
  require(!offer->prefix || offer->prefix->length == 64, "addresses are made of a /64");
  require(offer->dns.size() <= 4, "name servers are bounded");
  require(view.offer(now) == offer, "looking changes nothing");
}

}  // namespace

// Each: who, how many seconds later, how long, and so many bytes.
void take(ByteView input) {
  RouterView view;
  Instant now{};
  while (input.size() >= 3) {
    const std::uint8_t who = take_byte(input);
    now += std::chrono::seconds(take_byte(input) * 16);
    const std::size_t length = std::min(std::size_t{2} * take_byte(input), input.size());
    std::array<std::uint8_t, 16> from{0xfe, static_cast<std::uint8_t>(who < 250 ? 0x80 : 0)};
    from[15] = who;
    const RaOrigin origin{.from = IpAddress::from_bytes(from).value_or(IpAddress()),
                          .hop_limit = who == 249 ? 64 : 255};
    // Of exactly its size, for the sanitizer.
    const std::vector<std::uint8_t> message(input.begin(),
                                            input.begin() + static_cast<std::ptrdiff_t>(length));
    input = input.subspan(length);
    const auto said = parse_router_advertisement(origin, message);
    if (!said) {
      require_said(said.error());
      continue;
    }
    require(who < 249, "only what is from this link is believed");
    look_at(*said);
    view.hear(now, origin.from, *said);
    look_at(view, now);
  }
}

}  // namespace mwan::fuzz
