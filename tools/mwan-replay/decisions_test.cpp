// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/decisions.hpp"

#include <sstream>

#include <gtest/gtest.h>

namespace mwan::replay {
namespace {

DriveResult result() {
  DriveResult out;
  out.seconds = {{0, "start"}, {0, ""}, {1, "A: RSRQ -18.0 dB, \"low\""}};
  return out;
}

TEST(Decisions, OneRowASecond) {
  std::ostringstream out;
  write_decisions_header(out, false);
  write_decisions(out, result());
  EXPECT_EQ(out.str(), "t,active,reason\n0,0,start\n1,0,\n2,1,\"A: RSRQ -18.0 dB, \"\"low\"\"\"\n");
}

TEST(Decisions, WithThePairInFront) {
  std::ostringstream out;
  write_decisions_header(out, true);
  write_decisions(out, result(), 12);
  EXPECT_EQ(out.str().substr(0, out.str().find("\n2")).substr(0, 40),
            "pair,t,active,reason\n12,0,0,start\n12,1,0");
}

}  // namespace
}  // namespace mwan::replay
