// SPDX-License-Identifier: LGPL-2.1-or-later
// One line of JSON that may be anything, read by a decoder that throws DecodeError.
#pragma once

#include <string>
#include <string_view>

#include "failover/record/from_json.hpp"
#include "hal/error.hpp"

namespace mwan::failover {

// decode: from a Json to the value. Whatever is wrong with the line becomes an error whose message
// names the field and never quotes more than a name of the line.
template <class T, class Decode>
Result<T> decode_line(std::string_view line, Decode decode) {
  constexpr int max_depth = 16;
  const auto refuse = [](const std::string& why) {
    return failed(FailureClass::Permanent, "", why);
  };
  try {
    const auto shallow = [](int depth, Json::parse_event_t /*event*/, Json& /*value*/) {
      if (depth > max_depth) throw DecodeError("record", "is nested too deeply");
      return true;
    };
    return decode(Json::parse(line, shallow));
  } catch (const DecodeError& error) {
    return refuse(error.what());
  } catch (const Json::parse_error& error) {
    return refuse("is not JSON (at byte " + std::to_string(error.byte) + ")");
  } catch (const Json::exception&) {  // its text would quote the whole of a number
    return refuse("holds a number that is out of range");
  }
}

}  // namespace mwan::failover
