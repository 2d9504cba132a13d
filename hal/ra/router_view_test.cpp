// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ra/router_view.hpp"

#include <gmock/gmock.h>

#include "hal/ra/stable_address.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;

const IpAddress router_one = *IpAddress::parse("fe80::1");
const IpAddress two = *IpAddress::parse("fe80::2");
const IpPrefix first = *IpPrefix::parse("2001:db8:1::/64");
const IpPrefix second = *IpPrefix::parse("2001:db8:2::/64");

AdvertisedPrefix usable(const IpPrefix& prefix, std::uint32_t valid = 7200,
                        std::uint32_t preferred = 3600) {
  return {.prefix = prefix,
          .on_link = true,
          .autonomous = true,
          .valid_s = valid,
          .preferred_s = preferred};
}
RouterAdvertisement says(std::vector<AdvertisedPrefix> prefixes, std::uint16_t lifetime = 1800) {
  RouterAdvertisement out;
  out.lifetime_s = lifetime;
  out.prefixes = std::move(prefixes);
  return out;
}

class RouterViewTest : public ::testing::Test {
 protected:
  std::optional<IpPrefix> prefix() {
    const auto offer = view.offer(now);
    return offer ? offer->prefix : std::nullopt;
  }
  RouterView view;
  Instant now{1h};
};

TEST_F(RouterViewTest, ARouterAndItsPrefixAreOffered) {
  EXPECT_FALSE(view.offer(now));
  view.hear(now, router_one, says({usable(first)}));
  const auto offer = view.offer(now);
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->router, router_one);
  EXPECT_EQ(offer->prefix, first);
  EXPECT_TRUE(offer->on_link);
  EXPECT_EQ(view.deadline(now), now + 1800s);
}

TEST_F(RouterViewTest, LifetimeZeroEndsItAtOnceAndItsOwnAfterAWhile) {
  view.hear(now, router_one, says({usable(first)}));
  view.hear(now, router_one, says({}, 0));
  EXPECT_FALSE(view.offer(now));
  view.hear(now, router_one, says({usable(first)}));
  now += 1799s;
  EXPECT_TRUE(view.offer(now));
  now += 1s;
  EXPECT_FALSE(view.offer(now));
}

TEST_F(RouterViewTest, ADeprecatedPrefixIsUsedWhileThereIsNoOther) {
  view.hear(now, router_one, says({usable(first, 7200, 600), usable(second, 7200, 3600)}));
  EXPECT_EQ(prefix(), first);
  EXPECT_EQ(view.deadline(now), now + 600s);
  now += 600s;
  EXPECT_EQ(prefix(), second);
  view.hear(now, router_one, says({usable(first, 7200, 0), usable(second, 7200, 0)}));
  EXPECT_EQ(prefix(), second);
}

TEST_F(RouterViewTest, RenumberedByWordIsAtOnceAndWithoutAWordAfterTheSecondTime) {
  view.hear(now, router_one, says({usable(first)}));
  EXPECT_EQ(prefix(), first);
  EXPECT_FALSE(view.hear(now, router_one, says({usable(first, 7200, 0), usable(second)})));
  EXPECT_EQ(prefix(), second);
  EXPECT_TRUE(view.hear(now, router_one, says({usable(first)})));  // ask again
  EXPECT_EQ(prefix(), second);
  view.hear(now, router_one, says({usable(first)}));
  EXPECT_EQ(prefix(), first);
}

TEST_F(RouterViewTest, OptionsThatTakeTurnsAreNoRenumbering) {
  view.hear(now, router_one, says({usable(first)}));
  EXPECT_EQ(prefix(), first);
  for (int i = 0; i < 10; ++i) {
    view.hear(now, router_one, says({usable(i % 2 == 0 ? second : first)}));
    EXPECT_EQ(prefix(), first);
    view.hear(now, router_one, says({}));  // nothing about prefixes
  }
}

TEST_F(RouterViewTest, AValidLifetimeIsNotShortenedBelowTwoHours) {
  view.hear(now, router_one, says({usable(first, 86400, 3600)}, 65000));
  view.hear(now, router_one, says({usable(first, 60, 60)}, 65000));
  now += 60s;
  EXPECT_EQ(prefix(), first);
  now += 2h;
  EXPECT_FALSE(prefix());
  EXPECT_TRUE(view.offer(now));
}

TEST_F(RouterViewTest, TheRouterInUseStaysUntilABetterOneComes) {
  view.hear(now, router_one, says({usable(first)}));
  view.offer(now);
  view.hear(now, two, says({usable(second)}));
  EXPECT_EQ(view.offer(now)->router, router_one);
  EXPECT_EQ(prefix(), first);
  RouterAdvertisement better = says({usable(second)});
  better.preference = RouterPreference::High;
  view.hear(now, two, better);
  EXPECT_EQ(view.offer(now)->router, two);
  EXPECT_EQ(prefix(), second);
  view.hear(now, two, says({}, 0));
  EXPECT_EQ(view.offer(now)->router, router_one);
  EXPECT_EQ(prefix(), first);
}

TEST_F(RouterViewTest, AFloodOfRoutersIsBounded) {
  view.hear(now, router_one, says({usable(first)}));
  view.offer(now);
  for (int i = 0; i < 1000; ++i) {
    std::array<std::uint8_t, 16> bytes{0xfe, 0x80};
    bytes[14] = static_cast<std::uint8_t>(i / 256);
    bytes[15] = static_cast<std::uint8_t>(i);
    view.hear(now, *IpAddress::from_bytes(bytes), says({usable(second)}));
  }
  EXPECT_EQ(view.offer(now)->router, router_one);
  view.hear(now, router_one, says({usable(first)}, 0));
  EXPECT_TRUE(view.offer(now));
}

TEST(StableAddress, IsTheSameForANetworkAndALinkOnly) {
  const std::array<std::uint8_t, 32> secret{1, 2, 3};
  const std::array<std::uint8_t, 32> other{4, 5, 6};
  const IpAddress address = stable_address(first, "wired", secret);
  EXPECT_TRUE(first.contains(address));
  EXPECT_EQ(address, stable_address(first, "wired", secret));
  EXPECT_NE(address, stable_address(first, "dsl", secret));
  EXPECT_NE(address, stable_address(first, "wired", other));
  const IpAddress moved = stable_address(second, "wired", secret);
  EXPECT_TRUE(second.contains(moved));
  EXPECT_FALSE(std::ranges::equal(address.bytes().subspan(8), moved.bytes().subspan(8)));
}

}  // namespace
}  // namespace mwan
