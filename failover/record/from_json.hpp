// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads a described value (describe.hpp) from JSON that may be anything: every member must be there
// (but for optionals), of its type and in its range, and nothing else.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "failover/record/describe.hpp"
#include "failover/record/enum_names.hpp"
#include "failover/record/link_names.hpp"

namespace mwan::failover {

using Json = nlohmann::json;

// Leaves only the decoders of failover/record, which make an Error of it.
class DecodeError : public std::runtime_error {
 public:
  DecodeError(const std::string& field, const std::string& message)
      : std::runtime_error(field + ": " + message) {}
};

// Far beyond any clock (285 years) and far from an overflow when durations are added up.
inline constexpr std::int64_t max_time_us = std::int64_t{1} << 53U;
inline constexpr std::size_t max_elements = 1024;  // of a list

class FromJson {
 public:
  // field: where `in` stands in the record, for errors: "event.signal".
  FromJson(const Json& in, std::string field, const LinkNames& names)
      : in_(in), field_(std::move(field)), names_(names) {
    if (!in.is_object()) fail(field_, "an object");
  }

  template <class T>
  void operator()(const char* key, T& value) {
    const auto at = find(key);
    if (at == in_.end()) throw DecodeError(path(key), "is missing");
    decode(*at, path(key), value);
  }
  template <class T>
  void operator()(const char* key, std::optional<T>& value) {
    const auto at = find(key);
    if (at == in_.end()) {
      value.reset();
    } else {
      decode(*at, path(key), value.emplace());
    }
  }
  // A member that is read elsewhere.
  void skip(const char* key) { find(key); }

  // After the last member: is there anything that nobody asked for?
  void finish() const {
    if (found_.size() == in_.size()) return;
    for (const auto& [key, value] : in_.items()) {
      if (std::ranges::find(found_, std::string_view(key)) == found_.end()) {
        throw DecodeError(path(key.substr(0, 64)), "is not known here");
      }
    }
  }

 private:
  [[noreturn]] static void fail(const std::string& field, std::string_view expected) {
    throw DecodeError(field, "expected " + std::string(expected));
  }
  [[nodiscard]] std::string path(const std::string& key) const {
    return field_.empty() ? key : field_ + "." + key;
  }
  Json::const_iterator find(const char* key) {
    auto at = in_.find(key);
    if (at != in_.end()) found_.emplace_back(key);
    return at;
  }

  template <class T>
  void decode(const Json& in, const std::string& field, T& value) const {
    if constexpr (std::is_enum_v<T>) {
      const auto named = enum_named<T>(text(in, field));
      if (!named) fail(field, "one of the names that this version knows");
      value = *named;
    } else if constexpr (std::is_same_v<T, bool>) {
      if (!in.is_boolean()) fail(field, "true or false");
      value = in.get<bool>();
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(
          integer(in, field, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    } else {
      FromJson reader(in, field, names_);
      describe(reader, value);
      reader.finish();
    }
  }
  template <class T>
  void decode(const Json& in, const std::string& field, std::vector<T>& values) const {
    if (!in.is_array() || in.size() > max_elements) fail(field, "a list of at most 1024");
    values.clear();
    for (std::size_t i = 0; i < in.size(); ++i) {
      decode(in[i], field + "[" + std::to_string(i) + "]", values.emplace_back());
    }
  }
  static void decode(const Json& in, const std::string& field, double& value) {
    if (in == "nan") {
      value = std::numeric_limits<double>::quiet_NaN();
    } else if (in == "inf" || in == "-inf") {
      value = std::numeric_limits<double>::infinity() * (in == "inf" ? 1 : -1);
    } else if (in.is_number()) {
      value = in.get<double>();
    } else {
      fail(field, "a number");
    }
  }
  static void decode(const Json& in, const std::string& field, std::string& value) {
    value = text(in, field);
  }
  static void decode(const Json& in, const std::string& field, Duration& value) {
    value = Duration(integer(in, field, -max_time_us, max_time_us));
  }
  void decode(const Json& in, const std::string& field, LinkId& value) const {
    const auto link = names_.find(text(in, field));
    if (!link) fail(field, "the name of a link of the policy");
    value = *link;
  }
  static void decode(const Json& in, const std::string& field, IpAddress& value) {
    const auto address = IpAddress::parse(text(in, field));
    if (!address) fail(field, "an IP address");
    value = *address;
  }
  static void decode(const Json& in, const std::string& field, IpPrefix& value) {
    const auto prefix = IpPrefix::parse(text(in, field));
    if (!prefix) fail(field, "an IP address with its prefix length");
    value = *prefix;
  }

  static const std::string& text(const Json& in, const std::string& field) {
    if (!in.is_string()) fail(field, "a text");
    return in.get_ref<const std::string&>();
  }
  static std::int64_t integer(const Json& in, const std::string& field, std::int64_t min,
                              std::int64_t max) {
    // Unsigned ones beyond the signed range would come out negative.
    const bool fits = in.is_number_integer() &&
                      (!in.is_number_unsigned() ||
                       in.get<std::uint64_t>() <=
                           static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
    const std::int64_t value = fits ? in.get<std::int64_t>() : 0;
    if (!fits || value < min || value > max) {
      fail(field, "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    }
    return value;
  }

  const Json& in_;
  std::string field_;
  const LinkNames& names_;
  std::vector<std::string_view> found_;
};

}  // namespace mwan::failover
