import HL7Mapping
import HL7Syntax
package import JSONTape

/// What is wrong with a source's settings: every fault, each with the path of the member.
package struct SourceSettingsError: Error, Sendable, CustomStringConvertible {
    package struct Fault: Sendable, Hashable {
        /// Such as `match.listener`.
        package var path: String
        package var message: String
    }

    package var faults: [Fault]

    package var description: String { faults.map { "\($0.path): \($0.message)" }.joined(separator: "; ") }
}

extension SourceSettings {
    /// Reads them from JSON, strictly: what is not known is an error, so that no slip of the pen goes unnoticed.
    /// - Throws: `SourceSettingsError` with all faults.
    package init(name: String, json: JSONNode) throws(SourceSettingsError) {
        self.init(name: name)
        var reader = SettingsJSON(json)
        if !Self.isName(name) {
            reader.fault("name", "1 to 64 letters, digits, dots, hyphens and underscores")
        }
        reader.object("match") { match in
            match.texts("listener", into: &listeners)
            match.texts("application", into: &applications)
            match.texts("facility", into: &facilities)
        }
        reader.texts("receivingApplications", into: &receivingApplications)
        reader.texts("receivingFacilities", into: &receivingFacilities)
        reader.texts("processingIds", into: &processingIDs, allowed: ["P", "T", "D"])
        reader.choice("unexpectedProcessing", into: &unexpectedProcessing)
        reader.flag("strictVersion", into: &isVersionStrict)
        reader.flag("strictControlIds", into: &isControlIDStrict)
        reader.choice("holdPolicy", into: &holdPolicy)
        reader.choice("unknownPatient", into: &unknownPatient)
        reader.choice("acknowledge", into: &acknowledge)
        reader.choice("multiMsh", into: &severalMessages)
        reader.choice("batchAcknowledgement", into: &batches)
        reader.number("retentionDays", into: &retentionDays, in: 1...36_500)
        var charsetName = ""
        reader.text("charset", into: &charsetName)
        charset = Charset(declared: charsetName)
        if !charsetName.isEmpty, charset == nil { reader.fault("charset", "no character set of table 0211") }
        reader.text("timeZone", into: &timeZone)
        if let zone = SourceZone(identifier: timeZone) {
            profile.zone = zone
        } else {
            reader.fault("timeZone", "no zone of the IANA database")
        }
        reader.map("namespaces", into: &profile.namespaces)
        reader.map("defaultAssigners", into: &profile.defaultAssigners)
        reader.map("codeSystems", into: &profile.codeSystems)
        var dummies: Set<String> = []
        reader.texts("dummyIdentifiers", into: &dummies)
        profile.dummyIdentifiers.formUnion(dummies.map { $0.uppercased() })
        reader.flag("decimalComma", into: &profile.usesDecimalComma)
        reader.flag("laboratory", into: &profile.isLaboratory)
        reader.flag("createsServiceRequests", into: &profile.createsServiceRequests)
        reader.flag("trustsNulls", into: &profile.trustsNulls)
        reader.flag("allowsUnfinalising", into: &profile.allowsUnfinalising)
        reader.flag("cancellationMeansWrong", into: &profile.cancellationMeansWrong)
        var trusted: Set<String> = []
        if reader.texts("trustedAssigners", into: &trusted) { profile.trustedAssigners = trusted }
        let faults = reader.finish()
        guard faults.isEmpty else { throw SourceSettingsError(faults: faults) }
    }

    /// Names stand in systems and addresses.
    static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }
}

/// Reads members of a JSON object and remembers what was wrong and what nobody asked for.
struct SettingsJSON {
    private let members: [String: JSONNode]
    private let prefix: String
    private var asked: Set<String> = []
    private var faults: [SourceSettingsError.Fault] = []

    init(_ node: JSONNode, prefix: String = "") {
        self.prefix = prefix
        members = Dictionary(node.members.map { ($0.key, $0.value) }) { first, _ in first }
        if !node.isObject { fault("", "must be an object") }
    }

    mutating func fault(_ path: String, _ message: String) {
        let whole = path.isEmpty ? String(prefix.dropLast()) : prefix + path
        faults.append(.init(path: whole.isEmpty ? "settings" : whole, message: message))
    }

    private mutating func member(_ name: String) -> JSONNode? {
        asked.insert(name)
        return members[name]
    }

    mutating func object(_ name: String, _ body: (inout SettingsJSON) -> Void) {
        guard let node = member(name) else { return }
        var reader = SettingsJSON(node, prefix: "\(prefix)\(name).")
        body(&reader)
        faults += reader.finish()
    }

    mutating func text(_ name: String, into value: inout String) {
        guard let node = member(name) else { return }
        guard let text = node.string, !text.isEmpty else { return fault(name, "must be a text") }
        value = text
    }

    /// A text or an array of texts; says whether there was one.
    @discardableResult
    mutating func texts(_ name: String, into value: inout Set<String>, allowed: Set<String>? = nil) -> Bool {
        guard let node = member(name) else { return false }
        let texts = node.items.compactMap(\.string).filter { !$0.isEmpty }
        guard texts.count == node.items.count else {
            fault(name, "must be a text or an array of texts")
            return false
        }
        if let allowed, let other = texts.first(where: { !allowed.contains($0) }) {
            fault(name, "\(other) is none of \(allowed.sorted().joined(separator: ", "))")
        }
        value = Set(texts)
        return true
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String, into value: inout Choice) {
        guard let node = member(name) else { return }
        guard let choice = node.string.flatMap({ Choice(rawValue: $0) }) else {
            return fault(name, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        value = choice
    }

    mutating func flag(_ name: String, into value: inout Bool) {
        guard let node = member(name) else { return }
        guard let flag = node.bool else { return fault(name, "must be true or false") }
        value = flag
    }

    mutating func number(_ name: String, into value: inout Int?, in range: ClosedRange<Int>) {
        guard let node = member(name) else { return }
        guard let number = node.integer, range.contains(number) else {
            return fault(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        value = number
    }

    /// An object whose members are URIs.
    mutating func map(_ name: String, into value: inout [String: String]) {
        guard let node = member(name) else { return }
        guard node.isObject else { return fault(name, "must be an object of URIs") }
        for (key, item) in node.members {
            guard let uri = item.string, uri.contains(":"), !uri.contains(where: \.isWhitespace) else {
                fault("\(name).\(key)", "must be a URI")
                continue
            }
            value[key] = uri
        }
    }

    /// All faults, unknown members among them.
    mutating func finish() -> [SourceSettingsError.Fault] {
        for name in members.keys.sorted() where !asked.contains(name) { fault(name, "no such setting") }
        return faults
    }
}
