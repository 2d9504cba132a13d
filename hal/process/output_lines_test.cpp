// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/output_lines.hpp"

#include <gmock/gmock.h>

namespace mwan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(OutputLines, LinesAreGivenWhenTheyAreWhole) {
  OutputLines lines;
  EXPECT_THAT(lines.take("eth1: sol"), IsEmpty());
  EXPECT_THAT(lines.take("iciting\r\n\n  leased \nend"), ElementsAre("eth1: soliciting", "leased"));
  EXPECT_THAT(lines.finish(), ElementsAre("end"));
  EXPECT_THAT(lines.finish(), IsEmpty());
}

TEST(OutputLines, WhatCouldDriveATerminalIsNotPassedOn) {
  OutputLines lines;
  EXPECT_THAT(lines.take(std::string_view("a\x1b[2J\x00\tb\xc3\n   \n", 13)),
              ElementsAre("a?[2J? b?"));
}

TEST(OutputLines, ALongLineIsCutAndTheNextOneIsWhole) {
  OutputLines lines;
  EXPECT_THAT(lines.take(std::string(100000, 'x') + "\nnext\n"),
              ElementsAre(std::string(OutputLines::kLongest, 'x') + "...", "next"));
}

}  // namespace
}  // namespace mwan
