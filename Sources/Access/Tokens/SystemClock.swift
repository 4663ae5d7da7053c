import FHIRFormats

/// The time, as tokens count it.
package enum SystemClock {
    /// Microseconds since 1970.
    package static var microseconds: Int64 { Instant.now.microsecondsSince1970 }

    /// Whole seconds since 1970, as in the claims of tokens (RFC 7519 §2, NumericDate).
    package static var seconds: Int { Int(microseconds / 1_000_000) }
}
