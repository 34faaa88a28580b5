#include "executor/http/body_reader.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>

namespace syncline::executor {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

FetchError TooLarge(std::string message) {
  return {FetchError::Kind::kTooLarge, std::move(message)};
}

FetchError BadEncoding(std::string_view message) {
  return {FetchError::Kind::kBadEncoding, std::string(message)};
}

}  // namespace

BodyReader::BodyReader(bool gzip, const BodyLimits& limits) : limits_(limits) {
  if (!gzip) return;
  stream_ = std::make_unique<z_stream>();
  // Fails only for want of memory or a wrong library; inflate() then says so by itself.
  inflateInit2(stream_.get(), kGzipOnly);
}

BodyReader::~BodyReader() {
  if (stream_ != nullptr) inflateEnd(stream_.get());
}

std::optional<FetchError> BodyReader::Append(std::string_view received) {
  received_ += static_cast<int64_t>(received.size());
  // A packed body can go on for ever without unpacking to anything, so what came counts as well.
  if (received_ > limits_.max_bytes) {
    return TooLarge(fmt::format("the answer has more than {} bytes", limits_.max_bytes));
  }
  return stream_ == nullptr ? AppendUnpacked(received) : Inflate(received);
}

std::optional<FetchError> BodyReader::Inflate(std::string_view received) {
  std::array<char, 65'536> unpacked;
  stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(received.data()));
  stream_->avail_in = static_cast<uInt>(received.size());
  bool output_waits = false;
  while (stream_->avail_in > 0 || output_waits) {
    stream_->next_out = reinterpret_cast<Bytef*>(unpacked.data());
    stream_->avail_out = static_cast<uInt>(unpacked.size());
    const int code = inflate(stream_.get(), Z_NO_FLUSH);
    // Z_BUF_ERROR says that there was nothing left to do after all.
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      return BadEncoding("the answer says it is gzip but is not, or is damaged");
    }
    const size_t size = unpacked.size() - stream_->avail_out;
    if (auto error = AppendUnpacked({unpacked.data(), size}); error.has_value()) return error;
    between_members_ = code == Z_STREAM_END;
    if (between_members_) inflateReset(stream_.get());
    output_waits = !between_members_ && stream_->avail_out == 0;
  }
  return std::nullopt;
}

std::optional<FetchError> BodyReader::AppendUnpacked(std::string_view bytes) {
  const int64_t size = static_cast<int64_t>(body_.size() + bytes.size());
  if (size > limits_.max_bytes) {
    return TooLarge(fmt::format("the answer unpacks to more than {} bytes", limits_.max_bytes));
  }
  if (size > limits_.ratio_free_bytes && size > received_ * limits_.max_ratio) {
    return TooLarge(
        fmt::format("the answer unpacks to more than {} times its size", limits_.max_ratio));
  }
  body_.append(bytes);
  return std::nullopt;
}

std::optional<FetchError> BodyReader::Finish() {
  if (stream_ != nullptr && !between_members_)
    return BadEncoding("the gzip of the answer is cut off");
  return std::nullopt;
}

}  // namespace syncline::executor
