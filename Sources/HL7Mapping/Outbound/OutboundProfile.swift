package import HL7Syntax

/// How a receiver wants its messages written. A value; where it comes from is the caller's matter.
package struct OutboundProfile: Sendable {
    /// MSH-3 to MSH-6.
    package var sendingApplication = "MARTLET"
    package var sendingFacility = ""
    package var receivingApplication = ""
    package var receivingFacility = ""
    /// MSH-12, `2.3` to `2.8`.
    package var version = "2.5.1"
    /// MSH-11.
    package var processingID = "P"
    /// MSH-18; empty writes UTF-8 without saying so.
    package var characterSet = "UNICODE UTF-8"
    package var delimiters = Delimiters.standard
    /// Assigning namespaces (HD.1) by identifier system.
    package var namespaces: [String: String] = [:]
    /// Names of coding systems (CWE.3) by URI, beside the well-known ones.
    package var codeSystems: [String: String] = [:]

    /// Whether what a patient has no more is sent as `""`.
    package var sendsNulls = false

    package init() {}

    /// 2, 5, 1 for `2.5.1`.
    var versionNumbers: [Int] { version.split(separator: ".").compactMap { Int($0) } }

    func isBefore(_ numbers: Int...) -> Bool { versionNumbers.lexicographicallyPrecedes(numbers) }
}

/// The system of order numbers that this server gives: the placer number of an order is its id, for ever.
package enum PlacerNumber {
    package static let system = "urn:martlet:placer"
    static let namespace = "MARTLET"
    /// The numbers of the clinic's series, which stand on printed orders and are told in messages in place of the id.
    package static let series = "urn:martlet:order-number"
}
