package import HL7Mapping
import HL7Syntax
package import JSONTape

/// What is agreed with one receiver of messages, as data that can be changed while the server runs.
package struct DestinationSettings: Sendable {
    /// What becomes of a message that the receiver refuses.
    package enum Refusal: String, Sendable, CaseIterable {
        /// It is sent again, so often as `refusals` allows, then given up.
        case retry
        /// It is given up at once, and waits for a person.
        case dead
    }

    /// Files with certificates and keys, on the server's own disk.
    package struct TLS: Sendable, Hashable {
        package var authority = ""
        package var certificate = ""
        package var key = ""
        /// The name that the receiver's certificate must have; its host by default.
        package var name = ""
    }

    package var name: String
    package var host = ""
    package var port: Int?
    /// Nil for plain TCP.
    package var tls: TLS?
    /// Kinds of messages, such as `ADT^A01`.
    package var messages: Set<String> = []
    /// How messages are written.
    package var profile = OutboundProfile()
    /// Sources that are not told of what they sent themselves; one of the destination's own name is always among them.
    package var sources: Set<String> = []
    /// Seconds from sending to the answer.
    package var answerTimeoutSeconds: Int? = 30
    /// Seconds until the second try; each further one takes twice as long.
    package var firstRetrySeconds: Int? = 1
    /// Seconds between tries at most.
    package var greatestRetrySeconds: Int? = 300
    /// Tries of a message that was refused.
    package var refusals: Int? = 5
    /// Days after which a message that never got through is given up.
    package var days: Int? = 7
    /// Days after which the bytes of messages that are through are removed; nil keeps them.
    package var retentionDays: Int?
    /// On `AE` and `CE`: the receiver cannot use what the message says.
    package var onError = Refusal.dead
    /// On `AR` and `CR`: the receiver does not take it now.
    package var onReject = Refusal.retry

    /// Reads them from JSON, strictly.
    /// - Throws: `SourceSettingsError` with all faults.
    package init(name: String, json: JSONNode) throws(SourceSettingsError) {
        self.name = name
        sources = [name]
        var reader = SettingsJSON(json)
        if !SourceSettings.isName(name) {
            reader.fault("name", "1 to 64 letters, digits, dots, hyphens and underscores")
        }
        reader.text("host", into: &host)
        reader.number("port", into: &port, in: 1...65_535)
        if host.isEmpty { reader.fault("host", "is missing") }
        if port == nil { reader.fault("port", "is missing") }
        readTLS(&reader, json["tls"])
        readMessages(&reader)
        readProfile(&reader)
        var others: Set<String> = []
        reader.texts("sources", into: &others)
        sources.formUnion(others)
        reader.number("answerTimeoutSeconds", into: &answerTimeoutSeconds, in: 1...3_600)
        reader.number("retentionDays", into: &retentionDays, in: 1...36_500)
        reader.object("retry") { retry in
            retry.number("firstSeconds", into: &firstRetrySeconds, in: 1...3_600)
            retry.number("greatestSeconds", into: &greatestRetrySeconds, in: 1...86_400)
            retry.number("refusals", into: &refusals, in: 1...1_000)
            retry.number("days", into: &days, in: 1...365)
            retry.choice("onError", into: &onError)
            retry.choice("onReject", into: &onReject)
        }
        let faults = reader.finish()
        guard faults.isEmpty else { throw SourceSettingsError(faults: faults) }
    }

    /// `true`, or an object of files.
    private mutating func readTLS(_ reader: inout SettingsJSON, _ node: JSONNode?) {
        if node?.bool != nil {
            var isOn = false
            reader.flag("tls", into: &isOn)
            tls = isOn ? TLS() : nil
            return
        }
        var files = TLS()
        reader.object("tls") { part in
            part.text("authority", into: &files.authority)
            part.text("certificate", into: &files.certificate)
            part.text("key", into: &files.key)
            part.text("name", into: &files.name)
        }
        if files.certificate.isEmpty != files.key.isEmpty {
            reader.fault("tls", "a certificate needs a key, and a key a certificate")
        }
        tls = node == nil ? nil : files
    }

    /// Kinds, or types that stand for all their kinds.
    private mutating func readMessages(_ reader: inout SettingsJSON) {
        var named: Set<String> = []
        reader.texts("messages", into: &named)
        if named.isEmpty { reader.fault("messages", "name at least one: \(Self.allKinds)") }
        for name in named.sorted() {
            let kinds = OutboundMaps.kinds.filter { $0 == name || $0.hasPrefix(name + "^") }
            if kinds.isEmpty { reader.fault("messages", "\(name) is none of \(Self.allKinds)") }
            messages.formUnion(kinds)
        }
    }

    private static var allKinds: String { OutboundMaps.kinds.sorted().joined(separator: ", ") }

    private mutating func readProfile(_ reader: inout SettingsJSON) {
        reader.text("sendingApplication", into: &profile.sendingApplication)
        reader.text("sendingFacility", into: &profile.sendingFacility)
        reader.text("receivingApplication", into: &profile.receivingApplication)
        reader.text("receivingFacility", into: &profile.receivingFacility)
        reader.text("processingId", into: &profile.processingID)
        reader.flag("nulls", into: &profile.sendsNulls)
        reader.text("version", into: &profile.version)
        if !["2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8"].contains(profile.version) {
            reader.fault("version", "must be 2.3, 2.3.1, 2.4, 2.5, 2.5.1, 2.6, 2.7, 2.7.1 or 2.8")
        }
        reader.text("characterSet", into: &profile.characterSet)
        if Charset(declared: profile.characterSet) == nil {
            reader.fault("characterSet", "is no character set of table 0211 that can be written")
        }
        var separators = "|^~\\&"
        reader.text("separators", into: &separators)
        let bytes = Array(separators.utf8)
        // Text that holds a separator has to be escaped, so the escape character is always there.
        if bytes.count >= 5, let first = bytes.first,
            let delimiters = try? Delimiters(field: first, encodingCharacters: bytes.dropFirst())
        {
            profile.delimiters = delimiters
        } else {
            reader.fault("separators", "must be five or six different punctuation marks, such as |^~\\&")
        }
        var names: [String: String] = [:]
        reader.map("namespaces", into: &names)
        profile.namespaces = Dictionary(names.map { ($0.value, $0.key) }) { first, _ in first }
        names = [:]
        reader.map("codeSystems", into: &names)
        profile.codeSystems = Dictionary(names.map { ($0.value, $0.key) }) { first, _ in first }
    }
}
