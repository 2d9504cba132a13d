// SPDX-License-Identifier: LGPL-2.1-or-later
// The kinds of values a configuration key can have, and reading one from text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "failover/probe/probe_target.hpp"
#include "hal/ip.hpp"

namespace mwan::failover {

namespace value_type {

struct Integer {
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::string_view unit;  // for people: "ms"; may be empty
};
struct YesNo {};
// One of some words; the value is the word's index. A refused word gets its own explanation.
struct Choice {
  struct Refused {
    std::string_view word;
    std::string_view why;
  };
  std::vector<std::string_view> words;
  std::vector<Refused> refused;
};
// A host address (not unspecified, not multicast), alone or with its prefix length.
struct Address {
  IpFamily family = IpFamily::V4;
};
struct AddressWithPrefix {
  IpFamily family = IpFamily::V4;
};
struct AddressList {
  std::size_t max = 0;  // comma separated, each once
};
// As failover/probe/probe_target.hpp says; comma separated, each once.
struct TargetList {
  std::size_t max = 0;
};
struct InterfaceName {};
struct AbsolutePath {};
struct DevicePath {};  // below /dev
// Text of min to max bytes; with `allowed`, only of letters, digits and these.
struct Text {
  std::size_t min = 1;
  std::size_t max = 0;
  std::string_view allowed;
};
struct Digits {
  std::size_t min = 1;
  std::size_t max = 0;
};

}  // namespace value_type

using ValueType =
    std::variant<value_type::Integer, value_type::YesNo, value_type::Choice, value_type::Address,
                 value_type::AddressWithPrefix, value_type::AddressList, value_type::TargetList,
                 value_type::InterfaceName, value_type::AbsolutePath, value_type::DevicePath,
                 value_type::Text, value_type::Digits>;

// Integer: the number; YesNo: 0 or 1; Choice: the index. The rest as themselves.
using Value = std::variant<std::int64_t, std::string, IpAddress, IpPrefix, std::vector<IpAddress>,
                           std::vector<ProbeTarget>>;

// What is expected, for error texts and the documentation: "a whole number from 1 to 20".
std::string describe(const ValueType& type);

// text is not empty. The error says what is expected and, unless secret, what was found.
tl::expected<Value, std::string> read_value(const ValueType& type, std::string_view text,
                                            bool secret);

}  // namespace mwan::failover
