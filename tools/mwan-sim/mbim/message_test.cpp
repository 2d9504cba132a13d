// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/mwan-sim/must.hpp"

namespace mwan::sim::mbim {
namespace {

// OPEN, transaction 1, max control transfer 4096.
const Bytes kOpen = {0x01, 0, 0, 0, 0x10, 0, 0, 0, 0x01, 0, 0, 0, 0x00, 0x10, 0, 0};
// COMMAND, transaction 2: set radio state of Basic Connect on.
const Bytes kRadioOn = {0x03, 0,    0,    0,    0x34, 0,    0,    0,    0x02, 0,    0,
                        0,    0x01, 0,    0,    0,    0,    0,    0,    0,    0xa2, 0x89,
                        0xcc, 0x33, 0xbc, 0xbb, 0x8b, 0x4f, 0xb6, 0xb0, 0x13, 0x3e, 0xc2,
                        0xaa, 0xe6, 0xdf, 0x03, 0,    0,    0,    0x01, 0,    0,    0,
                        0x04, 0,    0,    0,    0x01, 0,    0,    0};

Bytes numbered(std::size_t count) {
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(i);
  return bytes;
}

Message done(std::size_t size) {
  Message message;
  message.type = MessageType::CommandDone;
  message.transaction = 7;
  message.cid = 9;
  message.info = numbered(size);
  return message;
}

TEST(MbimMessage, ReadsOpen) {
  const Message open = must(parse(kOpen));
  EXPECT_EQ(open.type, MessageType::Open);
  EXPECT_EQ(open.transaction, 1U);
  EXPECT_EQ(open.value, 4096U);
}

TEST(MbimMessage, ReadsACommand) {
  const Message command = must(parse(kRadioOn));
  EXPECT_EQ(command.service[0], 0xa2);
  EXPECT_EQ(command.cid, 3U);
  EXPECT_TRUE(command.set);
  EXPECT_EQ(command.info, (Bytes{1, 0, 0, 0}));
}

TEST(MbimMessage, WritesWhatItReads) {
  EXPECT_EQ(build(must(parse(kOpen))), std::vector<Bytes>{kOpen});
  EXPECT_EQ(build(must(parse(kRadioOn))), std::vector<Bytes>{kRadioOn});
}

TEST(MbimMessage, LengthsThatDoNotAddUpAreRefused) {
  for (std::size_t size = 0; size < kRadioOn.size(); ++size) {
    EXPECT_FALSE(parse(std::span<const std::uint8_t>(kRadioOn).first(size))) << size;
  }
  Bytes longer_info = kRadioOn;
  longer_info[44] = 0xFF;  // says there are more bytes of information than there are
  EXPECT_FALSE(parse(longer_info));
  Bytes unknown_type = kOpen;
  unknown_type[0] = 0x63;
  EXPECT_FALSE(parse(unknown_type));
}

TEST(MbimMessage, IsCutIntoFragmentsAndPutTogetherAgain) {
  const Message message = done(500);
  const auto frames = build(message, 128);
  ASSERT_EQ(frames.size(), 5U);  // 28 bytes before the information, 108 in each frame
  Reassembly reassembly;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    EXPECT_LE(frames[i].size(), 128U);
    const auto outcome = reassembly.take(frames[i]);
    EXPECT_FALSE(outcome.error);
    ASSERT_EQ(outcome.message.has_value(), i + 1 == frames.size());
    if (!outcome.message) continue;
    EXPECT_EQ(must(parse(*outcome.message)).info, message.info);
  }
}

TEST(MbimMessage, FragmentsOfTwoTransactionsMayMix) {
  Message other = done(300);
  other.transaction = 8;
  const auto a = build(done(300), 256);
  const auto b = build(other, 256);
  ASSERT_EQ(a.size(), 2U);
  Reassembly reassembly;
  EXPECT_FALSE(reassembly.take(a[0]).message);
  EXPECT_FALSE(reassembly.take(b[0]).message);
  EXPECT_TRUE(reassembly.take(a[1]).message);
  EXPECT_TRUE(reassembly.take(b[1]).message);
}

TEST(MbimMessage, FragmentsOutOfOrderAreAnError) {
  const auto frames = build(done(600), 256);
  ASSERT_EQ(frames.size(), 3U);
  Reassembly reassembly;
  EXPECT_EQ(reassembly.take(frames[1]).error, ProtocolError::FragmentOutOfSequence);
  EXPECT_FALSE(reassembly.take(frames[0]).error);
  EXPECT_EQ(reassembly.take(frames[2]).error, ProtocolError::FragmentOutOfSequence);
  // The pieces are dropped: it starts over.
  EXPECT_EQ(reassembly.take(frames[1]).error, ProtocolError::FragmentOutOfSequence);
}

TEST(MbimMessage, AnEndlessMessageIsCutOff) {
  Bytes frame;
  ByteWriter writer(frame);
  writer.u32(3).u32(4096).u32(1).u32(0xFFFFFFFF).u32(0);
  frame.resize(4096);
  Reassembly reassembly;
  std::optional<ProtocolError> error;
  for (std::uint32_t i = 0; i < 100 && !error; ++i) {
    Bytes current;
    ByteWriter(current).u32(i);
    std::copy(current.begin(), current.end(), frame.begin() + 16);
    error = reassembly.take(frame).error;
  }
  EXPECT_EQ(error, ProtocolError::MaxTransfer);
}

TEST(MbimStream, CutsFramesWhereverTheBytesBreak) {
  MbimStream stream;
  Bytes both = kOpen;
  both.insert(both.end(), kRadioOn.begin(), kRadioOn.end());
  std::vector<Bytes> frames;
  for (const std::uint8_t byte : both) {
    stream.feed(std::span(&byte, 1));
    while (auto frame = stream.next()) frames.push_back(std::move(*frame));
  }
  EXPECT_EQ(frames, (std::vector<Bytes>{kOpen, kRadioOn}));
}

TEST(MbimStream, IsLostWithALengthThatCannotBe) {
  for (const std::uint32_t length : {0U, 11U, 0x33333333U}) {
    MbimStream stream;
    Bytes bytes;
    ByteWriter(bytes).u32(3).u32(length).u32(1);
    stream.feed(bytes);
    EXPECT_FALSE(stream.next());
    EXPECT_TRUE(stream.lost()) << length;
  }
}

}  // namespace
}  // namespace mwan::sim::mbim
