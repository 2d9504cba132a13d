// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/net/dhcp_answer.hpp"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "tools/mwan-sim/must.hpp"

namespace mwan::sim {
namespace {

const AddressPlan kPlan{{*IpAddress::parse("10.64.3.18"), 30},
                        *IpAddress::parse("10.64.3.17"),
                        {*IpAddress::parse("192.0.2.53")}};
constexpr std::uint32_t kPlanMtu = 1400;

// A message of a client; options without the end mark.
Bytes request(const Bytes& options) {
  Bytes out(28 + 236);
  out[0] = 0x45;
  out[9] = 17;
  out[21] = 68;
  out[23] = 67;
  out[28] = 1;
  for (std::size_t i = 0; i < 4; ++i) out[28 + 4 + i] = static_cast<std::uint8_t>(0xA0 + i);
  ByteWriter(out).bytes(std::array<std::uint8_t, 4>{99, 130, 83, 99}).bytes(options).u8(255);
  return out;
}

bool has(const Bytes& packet, const Bytes& option) {
  return !std::ranges::search(packet, option).empty();
}

std::uint32_t words_of(std::span<const std::uint8_t> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += bytes[i] << (i % 2 ? 0 : 8);
  while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
  return sum;
}

TEST(DhcpAnswer, OffersWhatTheSessionWasGiven) {
  const Bytes offer = must(answer_dhcp(request({53, 1, 1}), kPlan, kPlanMtu));
  EXPECT_TRUE(has(offer, {53, 1, 2}));
  EXPECT_TRUE(has(offer, {1, 4, 255, 255, 255, 252}));
  EXPECT_TRUE(has(offer, {3, 4, 10, 64, 3, 17}));
  EXPECT_TRUE(has(offer, {6, 4, 192, 0, 2, 53}));
  EXPECT_TRUE(has(offer, {26, 2, 5, 120}));
  const std::span<const std::uint8_t> message = std::span(offer).subspan(28);
  EXPECT_TRUE(std::ranges::equal(message.subspan(16, 4), Bytes{10, 64, 3, 18}));
  EXPECT_TRUE(std::ranges::equal(message.subspan(4, 4), Bytes{0xA0, 0xA1, 0xA2, 0xA3}));
}

TEST(DhcpAnswer, ChecksumsAreThoseOfTheStandards) {
  const Bytes offer = must(answer_dhcp(request({53, 1, 1}), kPlan, kPlanMtu));
  EXPECT_EQ(words_of(std::span(offer).first(20)), 0xFFFFU);
  Bytes udp(offer.begin() + 12, offer.end());
  if (udp.size() % 2) udp.push_back(0);
  const auto length = offer.size() - 20;
  ByteWriter(udp)
      .u8(0)
      .u8(17)
      .u8(static_cast<std::uint8_t>(length >> 8))
      .u8(static_cast<std::uint8_t>(length));
  EXPECT_EQ(words_of(udp), 0xFFFFU);
}

TEST(DhcpAnswer, LeasesThatAddressAndNoOther) {
  const Bytes wanted =
      must(answer_dhcp(request({53, 1, 3, 50, 4, 10, 64, 3, 18}), kPlan, kPlanMtu));
  EXPECT_TRUE(has(wanted, {53, 1, 5}));
  const Bytes old = must(answer_dhcp(request({53, 1, 3, 50, 4, 10, 64, 3, 99}), kPlan, kPlanMtu));
  EXPECT_TRUE(has(old, {53, 1, 6}));
  EXPECT_FALSE(has(old, {3, 4, 10, 64, 3, 17}));
  Bytes renewal = request({53, 1, 3});
  std::ranges::copy(kPlan.address.address.bytes(), renewal.begin() + 28 + 12);
  EXPECT_TRUE(has(must(answer_dhcp(renewal, kPlan, kPlanMtu)), {53, 1, 5}));
}

TEST(DhcpAnswer, SaysNothingToAnythingElse) {
  EXPECT_FALSE(answer_dhcp(request({53, 1, 7}), kPlan, kPlanMtu));  // a release
  EXPECT_FALSE(answer_dhcp(request({}), kPlan, kPlanMtu));
  EXPECT_FALSE(answer_dhcp(request({53, 40}), kPlan, kPlanMtu));  // cut short
  Bytes web = request({53, 1, 1});
  web[23] = 80;
  EXPECT_FALSE(is_dhcp_request(web));
  EXPECT_FALSE(answer_dhcp(web, kPlan, kPlanMtu));
  const Bytes whole = request({53, 1, 1});
  for (std::size_t size = 0; size < whole.size() - 1; ++size) {
    EXPECT_FALSE(answer_dhcp(std::span(whole).first(size), kPlan, kPlanMtu)) << size;
  }
  EXPECT_TRUE(is_dhcp_request(whole));
}

}  // namespace
}  // namespace mwan::sim
