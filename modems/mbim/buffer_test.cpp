// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/buffer.hpp"

#include <gmock/gmock.h>

#include "modems/mbim/test_bytes.hpp"

namespace mwan::mbim {
namespace {

using testing::ElementsAre;

TEST(Buffer, TextsLieBehindTheFieldsAndArePadded) {
  const Bytes out = Writer().u32(7).text("abc").u32(9).done();
  EXPECT_THAT(out, ElementsAre(7, 0, 0, 0, 16, 0, 0, 0, 6, 0, 0, 0, 9, 0, 0, 0, 'a', 0, 'b', 0, 'c',
                               0, 0, 0));
  Fields f(out);
  EXPECT_EQ(f.u32(), 7U);
  EXPECT_EQ(f.text(), "abc");
  EXPECT_EQ(f.u32(), 9U);
  EXPECT_TRUE(f.ok());
  EXPECT_EQ(f.extent(), out.size());
}

TEST(Buffer, AnEmptyTextPointsNowhere) {
  EXPECT_EQ(Writer().text("").done(), words({0, 0}));
  // Some firmware gives an offset and no size: it is not looked at.
  const Bytes odd = words({0xffffff, 0});
  Fields f(odd);
  EXPECT_EQ(f.text(), "");
  EXPECT_TRUE(f.ok());
}

TEST(Buffer, WhatPointsOutsideIsRefused) {
  for (const Bytes& bad : {words({8, 4}), words({0xfffffffe, 4}), words({4, 0xffffffff})}) {
    Fields f(bad);
    EXPECT_TRUE(f.part().empty());
    EXPECT_FALSE(f.ok());
  }
  const Bytes list = words({0, 0xffffffff});
  Fields f(list);
  EXPECT_TRUE(f.elements(0x7fffffff, 16).empty());
  EXPECT_FALSE(f.ok());
}

TEST(Buffer, TextIsUtf8WithoutControlCharacters) {
  const auto read = [](const Bytes& utf16) {
    const Bytes whole = Writer().part(utf16).done();
    Fields f(whole);
    return f.text();
  };
  EXPECT_EQ(read({0xfc, 0x00, 0xac, 0x20}), "ü€");
  EXPECT_EQ(read({0x3d, 0xd8, 0x00, 0xde}), "😀");
  EXPECT_EQ(read({0x3d, 0xd8, 'a', 0}), "?a");        // half a pair
  EXPECT_EQ(read({'a', 0, 0, 0, 'b', 0}), "a");       // ends at NUL
  EXPECT_EQ(read({'a', 0, 0x1b, 0, 'b', 0}), "a?b");  // escape
  EXPECT_EQ(read({'a', 0, 'b'}), "a");                // half a character
  const Bytes there = Writer().text("ü€😀").done();
  Fields f(there);
  EXPECT_EQ(f.text(), "ü€😀");
}

TEST(Buffer, ATextElementCountsItsPadding) {
  EXPECT_THAT(Writer().text_element("a").done(),
              ElementsAre(10, 0, 0, 2, 2, 0, 0, 0, 'a', 0, 0, 0));
  EXPECT_THAT(Writer().text_element("").done(), ElementsAre(10, 0, 0, 0, 0, 0, 0, 0));
}

}  // namespace
}  // namespace mwan::mbim
