// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/value.hpp"

#include <gmock/gmock.h>

namespace mwan::failover {
namespace {

using namespace value_type;
using testing::HasSubstr;

std::string error_of(const ValueType& type, std::string_view text, bool secret = false) {
  const auto value = read_value(type, text, secret);
  return value ? "accepted" : value.error();
}
bool accepts(const ValueType& type, std::string_view text) {
  return read_value(type, text, false).has_value();
}

TEST(Value, IntegerHasARange) {
  const ValueType type = Integer{-5, 20, "ms"};
  EXPECT_EQ(read_value(type, "20", false), Value(std::int64_t{20}));
  EXPECT_EQ(read_value(type, "-5", false), Value(std::int64_t{-5}));
  EXPECT_EQ(error_of(type, "21"), "expected a whole number from -5 to 20 ms, found \"21\"");
  for (const auto* bad : {"+1", "1.5", "1s", "0x1", "", "99999999999999999999", "-"}) {
    EXPECT_FALSE(accepts(type, bad)) << bad;
  }
}

TEST(Value, WordsAreExact) {
  EXPECT_EQ(read_value(YesNo{}, "yes", false), Value(std::int64_t{1}));
  EXPECT_EQ(read_value(YesNo{}, "no", false), Value(std::int64_t{0}));
  EXPECT_EQ(error_of(YesNo{}, "on"), "expected yes or no, found \"on\"");
  const ValueType choice = Choice{{"hot", "cold"}, {{"warm", "not available yet"}}};
  EXPECT_EQ(read_value(choice, "cold", false), Value(std::int64_t{1}));
  EXPECT_EQ(error_of(choice, "warm"), "not available yet; expected one of hot, cold");
  EXPECT_EQ(error_of(choice, "HOT"), "expected one of hot, cold, found \"HOT\"");
}

TEST(Value, AddressesAreThoseOfHosts) {
  EXPECT_TRUE(accepts(Address{IpFamily::V4}, "192.0.2.1"));
  EXPECT_TRUE(accepts(Address{IpFamily::V6}, "fe80::1"));
  for (const auto* bad : {"0.0.0.0", "224.0.0.1", "::1", "1.2.3", "host"}) {
    EXPECT_FALSE(accepts(Address{IpFamily::V4}, bad)) << bad;
  }
  EXPECT_TRUE(accepts(AddressWithPrefix{IpFamily::V4}, "192.0.2.7/24"));
  for (const auto* bad : {"192.0.2.7", "192.0.2.7/0", "192.0.2.7/33", "2001:db8::1/64"}) {
    EXPECT_FALSE(accepts(AddressWithPrefix{IpFamily::V4}, bad)) << bad;
  }
}

TEST(Value, AddressListNamesTheBadItem) {
  const ValueType type = AddressList{2};
  const auto list = read_value(type, "192.0.2.1,2001:db8::1", false);
  ASSERT_TRUE(list);
  EXPECT_THAT(std::get<std::vector<IpAddress>>(*list),
              testing::ElementsAre(testing::Property(&IpAddress::text, "192.0.2.1"),
                                   testing::Property(&IpAddress::text, "2001:db8::1")));
  EXPECT_THAT(error_of(type, "192.0.2.1,"), HasSubstr("\"\" is not an IP address"));
  EXPECT_THAT(error_of(type, "192.0.2.1,x"), HasSubstr("\"x\" is not an IP address"));
  EXPECT_THAT(error_of(type, "192.0.2.1,192.0.2.1"), HasSubstr("192.0.2.1 is there twice"));
  EXPECT_THAT(error_of(type, "192.0.2.1,192.0.2.2,192.0.2.3"), HasSubstr("more than 2"));
  EXPECT_THAT(error_of(type, "ff02::1"), HasSubstr("not the address of a host"));
}

TEST(Value, NamesAndPathsStayWithinBounds) {
  EXPECT_TRUE(accepts(InterfaceName{}, "wwan0.100"));
  for (const auto* bad : {"lo", "all", "default", "..", "a/b", "a:b", "sixteen-chars-xx"}) {
    EXPECT_FALSE(accepts(InterfaceName{}, bad)) << bad;
  }
  EXPECT_TRUE(accepts(AbsolutePath{}, "/var/log/mwan.log"));
  for (const auto* bad : {"log", "/", "/var/", "/var/../etc/passwd", "/.."}) {
    EXPECT_FALSE(accepts(AbsolutePath{}, bad)) << bad;
  }
  EXPECT_TRUE(accepts(DevicePath{}, "/dev/cdc-wdm0"));
  EXPECT_FALSE(accepts(DevicePath{}, "/etc/passwd"));
  EXPECT_TRUE(accepts(Digits{4, 8}, "0000"));
  EXPECT_FALSE(accepts(Digits{4, 8}, "123"));
  EXPECT_FALSE(accepts(Digits{4, 8}, "12a4"));
  EXPECT_TRUE(accepts(Text{1, 5, "."}, "a.b"));
  EXPECT_FALSE(accepts(Text{1, 5, "."}, "a-b"));
  EXPECT_FALSE(accepts(Text{1, 5, ""}, "abcdef"));
}

TEST(Value, ErrorsNeverQuoteASecret) {
  EXPECT_EQ(error_of(Digits{4, 8}, "12a4", true), "expected 4 to 8 digits");
}

}  // namespace
}  // namespace mwan::failover
