/// What the end of a request means.
enum HTTPOutcome {
    /// Nil if the request was taken.
    static func error(_ result: TransferResult) -> CarrierError? {
        switch result.fault {
        case nil: error(status: result.status, result)
        case .unreachable: CarrierError(.unreachable, "no connection to the provider")
        case .insecure: CarrierError(.insecure, "no safe connection to the provider")
        case .invalid: CarrierError(.invalid, "the provider's address cannot be used")
        case .timedOut:
            CarrierError(.timedOut, "the provider took too long", mayHaveArrived: result.wasSent)
        case .unauthorized, .interrupted:
            CarrierError(
                .interrupted, "the connection to the provider went away", mayHaveArrived: result.wasSent)
        }
    }

    private static func error(status: Int, _ result: TransferResult) -> CarrierError? {
        switch status {
        case 200..<300: nil
        case 300..<400:
            CarrierError(.redirected, "the provider redirects to where this must not go", status: status)
        case 401, 407: CarrierError(.unauthorized, "the provider wants other credentials", status: status)
        // 409: a request with this key is being worked on, or was; both are worth another look.
        case 408, 409, 425, 429, 503:
            CarrierError(
                .deferred, "the provider asks to try later", status: status,
                retryAfterSeconds: result.retryAfterSeconds)
        case 400..<500: CarrierError(.refused, "the provider refused the request", status: status)
        default:
            // A server that failed, or lost the one behind it, may have done it before.
            CarrierError(
                .deferred, "the provider failed", status: status, mayHaveArrived: true,
                retryAfterSeconds: result.retryAfterSeconds)
        }
    }
}
