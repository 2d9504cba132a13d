// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/number.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace mwan {
namespace {

TEST(WholeNumber, IsAllOfTheText) {
  EXPECT_EQ(whole_number<int>("0"), 0);
  EXPECT_EQ(whole_number<int>("0042"), 42);
  for (const char* text : {"", " ", " 1", "1 ", "1\n", "+1", "1.0", "1e3", "0x10", "--1", "one"}) {
    EXPECT_EQ(whole_number<int>(text), std::nullopt) << '"' << text << '"';
  }
  EXPECT_EQ(whole_number<int>(std::string_view("1\0", 2)), std::nullopt);
  EXPECT_EQ(whole_number<int>(std::string_view()), std::nullopt);
}

TEST(WholeNumber, FitsItsType) {
  EXPECT_EQ(whole_number<std::uint8_t>("255"), 255);
  EXPECT_EQ(whole_number<std::uint8_t>("256"), std::nullopt);
  EXPECT_EQ(whole_number<std::int8_t>("-128"), -128);
  EXPECT_EQ(whole_number<std::int8_t>("-129"), std::nullopt);
  EXPECT_EQ(whole_number<std::uint64_t>("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(whole_number<std::uint64_t>("18446744073709551616"), std::nullopt);
}

TEST(WholeNumber, HasASignOnlyWhereItsTypeHas) {
  EXPECT_EQ(whole_number<int>("-1"), -1);
  EXPECT_EQ(whole_number<unsigned>("-1"), std::nullopt);
  EXPECT_EQ(whole_number<unsigned>("-0"), std::nullopt);
  EXPECT_EQ(whole_number<int>("-"), std::nullopt);
}

TEST(WholeNumber, IsReadInItsBase) {
  EXPECT_EQ(whole_number<std::uint16_t>("2c7C", 16), 0x2c7c);
  EXPECT_EQ(whole_number<std::uint16_t>("12c7c", 16), std::nullopt);
  EXPECT_EQ(whole_number<std::uint16_t>("0x1", 16), std::nullopt);
  EXPECT_EQ(whole_number<int>("1f"), std::nullopt);
}

}  // namespace
}  // namespace mwan
