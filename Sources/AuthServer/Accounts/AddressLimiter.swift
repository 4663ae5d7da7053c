import FHIRServer

/// How much one network address may ask for without having signed in.
package struct AddressLimiter: Sendable {
    package struct Limits: Sendable {
        /// Requests at once. Default 300: behind one address may be a whole clinic.
        package var burst: Double = 300
        /// Requests per second after that. Default 2.
        package var perSecond: Double = 2

        package init() {}
    }

    private let limiter: RateLimiter

    package init(_ limits: Limits = Limits()) {
        limiter = RateLimiter(RateLimiter.Rate(perSecond: limits.perSecond, burst: limits.burst))
    }

    /// Counts a request; seconds to wait if it is one too many, otherwise 0.
    func take(_ address: String) -> Int { limiter.take(RateLimiter.key(ofAddress: address)) }
}
