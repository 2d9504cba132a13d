// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/protocol.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::vm {
namespace {

TEST(Frames, ComeOutWhole_WhateverThePieces) {
  const Frame first{FrameKind::Output, std::string("a\0\n\xff", 4)};
  const Frame second{FrameKind::Input, ""};
  FrameReader reader;
  std::vector<Frame> seen;
  for (const char byte : encode(first) + encode(second)) {
    reader.feed(std::string(1, byte));
    for (auto frame = reader.next(); frame && *frame; frame = reader.next())
      seen.push_back(**frame);
  }
  EXPECT_THAT(seen, testing::ElementsAre(first, second));
}

TEST(Frames, WhatIsNoneIsRefused) {
  FrameReader stranger;
  stranger.feed("hello, world");
  EXPECT_FALSE(stranger.next());
  FrameReader endless;
  endless.feed(std::string("O\xff\xff\xff\xff", 5));
  EXPECT_FALSE(endless.next());
}

TEST(Frames, WhatWasForSomebodyElseIsSkipped) {
  const Frame frame{FrameKind::Output, "mine"};
  FrameReader reader;
  reader.feed("half of a frame" + std::string(kRequestLine.substr(0, 4)));
  EXPECT_FALSE(reader.skip_past(kRequestLine));
  reader.feed(std::string(kRequestLine.substr(4)) + encode(frame));
  EXPECT_TRUE(reader.skip_past(kRequestLine));
  const auto next = reader.next();
  ASSERT_TRUE(next && *next);
  EXPECT_EQ(**next, frame);
}

TEST(Frames, CarryARequest) {
  const Request request{"ticket", true, "/tmp", {"A=1", "B="}, {"ls", "", "-l"}};
  const auto read = request_of(frame_of(request));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, request);
  EXPECT_FALSE(request_of(frame_of(Outcome{})));
  EXPECT_FALSE(request_of({FrameKind::Request, "ticket"}));
}

TEST(Frames, CarryAnOutcome) {
  const Outcome outcome{256, {"process 7 sleep", "link veth0"}, true, "6.1.0"};
  const auto read = outcome_of(frame_of(outcome));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, outcome);
  EXPECT_FALSE(outcome_of({FrameKind::Outcome, "x"}));
}

}  // namespace
}  // namespace mwan::vm
