/// A version of a package or definition as its authors write it, in an order that tells which is newest.
///
/// Numbers between dots compare as numbers, so 1.10 comes after 1.9. What stands behind a hyphen marks a version that
/// comes before the one without (semver.org §11): 2.0.0-ballot, then 2.0.0. Versions of other kinds, such as dates,
/// fall
/// into place by the same rules.
package struct BusinessVersion: Hashable, Sendable, Comparable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func < (left: BusinessVersion, right: BusinessVersion) -> Bool {
        let (ours, theirs) = (left.parts, right.parts)
        if let order = compare(ours.release, theirs.release) { return order }
        switch (ours.label, theirs.label) {
        case (nil, nil): return left.text < right.text
        case (.some, nil): return true
        case (nil, .some): return false
        case (let own?, let other?): return compare(own, other) ?? (left.text < right.text)
        }
    }

    private var parts: (release: [Substring], label: [Substring]?) {
        // What stands behind a plus says how it was built and orders nothing.
        let plain = text.prefix { $0 != "+" }
        let halves = plain.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let isRelease = halves.first?.first?.isNumber == true
        guard isRelease, halves.count == 2 else { return (plain.split(separator: "."), nil) }
        return (halves[0].split(separator: "."), halves[1].split { $0 == "." || $0 == "-" })
    }

    /// Nil where all parts are equal.
    private static func compare(_ left: [Substring], _ right: [Substring]) -> Bool? {
        for index in 0..<max(left.count, right.count) {
            // 1.2 and 1.2.0 are the same release.
            let (own, other) = (index < left.count ? left[index] : "0", index < right.count ? right[index] : "0")
            switch (UInt64(own), UInt64(other)) {
            case (let own?, let other?) where own != other: return own < other
            case (.some, .some): continue
            case (.some, nil): return true
            case (nil, .some): return false
            default: if own != other { return own < other }
            }
        }
        return nil
    }
}

extension BusinessVersion {
    /// Whether this version answers a dependency on `wanted`: `4.0.x` asks for any patch of 4.0, `latest`, `current`
    /// and
    /// `dev` for any version.
    package func satisfies(_ wanted: String) -> Bool {
        if ["latest", "current", "dev", "*", "x"].contains(wanted) { return true }
        guard wanted.hasSuffix(".x") || wanted.hasSuffix(".*") else { return text == wanted }
        return text.hasPrefix(wanted.dropLast())
    }
}
