/// A version of the standard, such as 2.5.1.
package struct HL7Version: Sendable, Hashable, Comparable {
    package let major: Int
    package let minor: Int
    package let patch: Int

    package init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads `2.5.1`, and `2.5.1.0` or `v2.5` of careless senders; `nil` when the text holds no version.
    package init?(_ text: some StringProtocol) {
        let digits = text.drop { !$0.isNumber }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false).prefix(3).map { Int($0) }
        guard let major = parts.first ?? nil, !parts.contains(nil) else { return nil }
        self.init(major, parts.count > 1 ? parts[1] ?? 0 : 0, parts.count > 2 ? parts[2] ?? 0 : 0)
    }

    /// The published versions, oldest first.
    package static let published: [HL7Version] = [
        HL7Version(2, 1), HL7Version(2, 2), HL7Version(2, 3), HL7Version(2, 3, 1), HL7Version(2, 4), HL7Version(2, 5),
        HL7Version(2, 5, 1), HL7Version(2, 6), HL7Version(2, 7), HL7Version(2, 7, 1), HL7Version(2, 8),
        HL7Version(2, 8, 1), HL7Version(2, 8, 2), HL7Version(2, 9),
    ]

    /// The version whose rules a message follows.
    ///
    /// An empty MSH-12 means 2.3.1, what most such senders were written for; a version that does not exist means the
    /// nearest lower one.
    package static func effective(declared text: String) -> (version: HL7Version, isGuess: Bool) {
        let blank = HL7Version(2, 3, 1)
        guard let declared = HL7Version(text) else { return (blank, true) }
        guard let nearest = published.last(where: { $0 <= declared }) else { return (published[0], true) }
        return (nearest, nearest != declared)
    }

    package static func < (left: HL7Version, right: HL7Version) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }
}

extension HL7Version: CustomStringConvertible {
    package var description: String { patch == 0 ? "\(major).\(minor)" : "\(major).\(minor).\(patch)" }
}

extension RawMessage {
    /// The version whose rules the message follows, and whether MSH-12 left that open.
    package var version: (version: HL7Version, isGuess: Bool) {
        HL7Version.effective(declared: self["MSH", field: 12][component: 1].string)
    }
}
