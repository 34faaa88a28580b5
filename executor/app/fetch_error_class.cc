#include "executor/app/fetch_error_class.h"

namespace syncline::executor {

ErrorClass FetchErrorClass(FetchError::Kind kind) {
  switch (kind) {
    case FetchError::Kind::kBadRequest:
    case FetchError::Kind::kRefusedByPolicy:
      return ErrorClass::kConfig;
    case FetchError::Kind::kTooLarge:
    case FetchError::Kind::kBadEncoding:
      return ErrorClass::kData;
    case FetchError::Kind::kTotalTimeout:
      return ErrorClass::kTimeout;
    case FetchError::Kind::kDns:
    case FetchError::Kind::kConnect:
    case FetchError::Kind::kTls:
    case FetchError::Kind::kTimeoutConnect:
    case FetchError::Kind::kTimeoutFirstByte:
    case FetchError::Kind::kStalled:
    case FetchError::Kind::kConnectionLost:
    case FetchError::Kind::kProtocol:
      return ErrorClass::kTransient;
    case FetchError::Kind::kCancelled:
      return ErrorClass::kInternal;  // by us; a run never ends with it
  }
  return ErrorClass::kInternal;
}

SyncError ToSyncError(const FetchError& error) {
  SyncError result;
  result.cls = FetchErrorClass(error.kind);
  result.message = error.message;
  return result;
}

}  // namespace syncline::executor
