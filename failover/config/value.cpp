// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/value.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hal/number.hpp"

namespace mwan::failover {

namespace {

using namespace value_type;
using Read = tl::expected<Value, std::string>;

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

bool is_decimal(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_decimal(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view family_name(IpFamily family) { return family == IpFamily::V4 ? "IPv4" : "IPv6"; }

bool is_multicast(const IpAddress& address) {
  const auto first = address.bytes()[0];
  return address.family() == IpFamily::V4 ? (first & 0xf0U) == 0xe0 : first == 0xff;
}
bool is_host_address(const IpAddress& address) {
  return !address.is_unspecified() && !is_multicast(address);
}

// The kernel's rule (dev_valid_name) plus the names that mean something else under
// /proc/sys/net/ipv4/conf and the loopback, which is no way out.
bool is_interface_name(std::string_view text) {
  return !text.empty() && text.size() <= 15 && text != "." && text != ".." && text != "lo" &&
         text != "all" && text != "default" &&
         std::ranges::none_of(text, [](char c) { return c == '/' || c == ':' || c <= ' '; });
}

bool is_clean_path(std::string_view text) {
  if (text.size() < 2 || text.size() > 1024 || !text.starts_with('/') || text.ends_with('/')) {
    return false;
  }
  return (std::string(text) + "/").find("/../") == std::string::npos;
}

Read read_addresses(const AddressList& type, std::string_view text) {
  std::vector<IpAddress> out;
  while (true) {
    const auto comma = text.find(',');
    const auto item = text.substr(0, comma);
    const auto address = IpAddress::parse(item);
    if (!address)
      return tl::unexpected(fmt::format("\"{}\" is not an IP address", item.substr(0, 60)));
    if (!is_host_address(*address)) {
      return tl::unexpected(fmt::format("{} is not the address of a host", item));
    }
    if (std::ranges::find(out, *address) != out.end()) {
      return tl::unexpected(fmt::format("{} is there twice", item));
    }
    if (out.size() == type.max) {
      return tl::unexpected(fmt::format("more than {} addresses", type.max));
    }
    out.push_back(*address);
    if (comma == std::string_view::npos) return out;
    text.remove_prefix(comma + 1);
  }
}

// nullopt: not of that type, as describe() says.
std::optional<Value> read_plain(const ValueType& type, std::string_view text) {
  const auto when = [&](bool ok) {
    return ok ? std::optional<Value>(std::string(text)) : std::nullopt;
  };
  return std::visit(
      Overload{
          [&](const Integer& t) -> std::optional<Value> {
            const auto number = whole_number<std::int64_t>(text);
            if (!number || *number < t.min || *number > t.max) return std::nullopt;
            return *number;
          },
          [&](const YesNo&) -> std::optional<Value> {
            if (text != "yes" && text != "no") return std::nullopt;
            return std::int64_t{text == "yes"};
          },
          [&](const Choice& t) -> std::optional<Value> {
            const auto at = std::ranges::find(t.words, text);
            if (at == t.words.end()) return std::nullopt;
            return std::int64_t{at - t.words.begin()};
          },
          [&](const Address& t) -> std::optional<Value> {
            const auto address = IpAddress::parse(text);
            if (!address || address->family() != t.family || !is_host_address(*address)) {
              return std::nullopt;
            }
            return *address;
          },
          [&](const AddressWithPrefix& t) -> std::optional<Value> {
            const auto prefix = IpPrefix::parse(text);
            if (!prefix || prefix->address.family() != t.family || prefix->length == 0 ||
                !is_host_address(prefix->address)) {
              return std::nullopt;
            }
            return *prefix;
          },
          [&](const AddressList&) -> std::optional<Value> { return std::nullopt; },
          [&](const TargetList&) -> std::optional<Value> { return std::nullopt; },
          [&](const InterfaceName&) { return when(is_interface_name(text)); },
          [&](const AbsolutePath&) { return when(is_clean_path(text)); },
          [&](const DevicePath&) {
            return when(is_clean_path(text) && text.starts_with("/dev/") && text.size() <= 64);
          },
          [&](const Text& t) {
            return when(text.size() >= t.min && text.size() <= t.max &&
                        (t.allowed.empty() || std::ranges::all_of(text, [&](char c) {
                           return is_alnum(c) || t.allowed.find(c) != std::string_view::npos;
                         })));
          },
          [&](const Digits& t) {
            return when(text.size() >= t.min && text.size() <= t.max &&
                        std::ranges::all_of(text, is_decimal));
          },
      },
      type);
}

}  // namespace

std::string describe(const ValueType& type) {
  return std::visit(
      Overload{
          [](const Integer& t) {
            return fmt::format("a whole number from {} to {}{}{}", t.min, t.max,
                               t.unit.empty() ? "" : " ", t.unit);
          },
          [](const YesNo&) { return std::string("yes or no"); },
          [](const Choice& t) {
            return t.words.size() == 1 ? std::string(t.words.front())
                                       : fmt::format("one of {}", fmt::join(t.words, ", "));
          },
          [](const Address& t) {
            return fmt::format("the {} address of a host", family_name(t.family));
          },
          [](const AddressWithPrefix& t) {
            return fmt::format("an {} address with its prefix length, as {}", family_name(t.family),
                               t.family == IpFamily::V4 ? "192.0.2.7/24" : "2001:db8::7/64");
          },
          [](const AddressList& t) {
            return fmt::format("1 to {} IP addresses, separated by commas", t.max);
          },
          [](const TargetList& t) {
            return fmt::format("1 to {} targets, separated by commas (docs/probes.md)", t.max);
          },
          [](const InterfaceName&) {
            return std::string("the name of a network interface (at most 15 characters, not lo)");
          },
          [](const AbsolutePath&) { return std::string("an absolute path (no ..)"); },
          [](const DevicePath&) { return std::string("a device below /dev, as /dev/cdc-wdm0"); },
          [](const Text& t) {
            std::string out = fmt::format("{} to {} characters", t.min, t.max);
            if (!t.allowed.empty()) {
              out += fmt::format(" (letters, digits and {})",
                                 fmt::join(t.allowed.begin(), t.allowed.end(), " "));
            }
            return out;
          },
          [](const Digits& t) { return fmt::format("{} to {} digits", t.min, t.max); },
      },
      type);
}

tl::expected<Value, std::string> read_value(const ValueType& type, std::string_view text,
                                            bool secret) {
  if (const auto* list = std::get_if<AddressList>(&type)) {
    return read_addresses(*list, text).map_error([&](const std::string& why) {
      return fmt::format("{}; expected {}", why, describe(type));
    });
  }
  if (const auto* targets = std::get_if<TargetList>(&type)) {
    return parse_probe_targets(text, targets->max).map([](auto list) {
      return Value(std::move(list));
    });
  }
  if (const auto* choice = std::get_if<Choice>(&type)) {
    const auto refused = std::ranges::find(choice->refused, text, &Choice::Refused::word);
    if (refused != choice->refused.end()) {
      return tl::unexpected(fmt::format("{}; expected {}", refused->why, describe(type)));
    }
  }
  if (auto value = read_plain(type, text)) return *std::move(value);
  return tl::unexpected(
      secret ? fmt::format("expected {}", describe(type))
             : fmt::format("expected {}, found \"{}\"", describe(type), text.substr(0, 60)));
}

}  // namespace mwan::failover
