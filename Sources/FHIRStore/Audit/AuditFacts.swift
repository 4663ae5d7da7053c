import JSONTape

/// Who did something, from where, and by which request: what all entries of one deed share.
package struct AuditFacts: Sendable {
    /// What was asked for: a code of http://hl7.org/fhir/restful-interaction, or one of `AuditDeed`.
    package var deed: String
    /// Who acts: a reference such as `Practitioner/1`, or the name of a program; nil where that is not known.
    package var agent: String?
    /// Codes of `urn:martlet:role`.
    package var roles: [String] = []
    /// Id of the client (the program) through which somebody acts.
    package var client: String?
    /// Network address of the peer.
    package var address: String?
    /// `X-Request-Id`: the same in log lines and in the answer.
    package var requestID: String?
    /// Method and address as sent, with the query: `GET /fhir/Patient?name=x`.
    package var request: String?
    /// Codes of http://terminology.hl7.org/CodeSystem/v3-ActReason.
    package var purposes: [String] = []
    /// Ids of the Patients whose records the agent has opened in an emergency.
    package var openedRecords: [String] = []
    /// Id of the Organization to which the agent belongs; nil for none.
    package var tenant: String?

    package init(_ deed: String) {
        self.deed = deed
    }

    /// As it is kept in the inbox.
    package var encoded: String {
        var writer = JSONWriter(reservingByteCount: 384)
        writer.beginObject()
        writer.member("deed", deed)
        if let agent { writer.member("agent", agent) }
        if !roles.isEmpty { Self.write("roles", roles, to: &writer) }
        if let client { writer.member("client", client) }
        if let address { writer.member("address", address) }
        if let requestID { writer.member("requestID", requestID) }
        if let request { writer.member("request", request) }
        if !purposes.isEmpty { Self.write("purposes", purposes, to: &writer) }
        if !openedRecords.isEmpty { Self.write("opened", openedRecords, to: &writer) }
        if let tenant { writer.member("tenant", tenant) }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Reads what `encoded` wrote; what is something else names nobody.
    package init(encoded: String) {
        guard let document = try? Document.parse(encoded) else {
            self.init("unknown")
            return
        }
        let node = JSONNode(document)
        self.init(node["deed"]?.string ?? "unknown")
        agent = node["agent"]?.string
        roles = Self.list(node["roles"])
        client = node["client"]?.string
        address = node["address"]?.string
        requestID = node["requestID"]?.string
        request = node["request"]?.string
        purposes = Self.list(node["purposes"])
        openedRecords = Self.list(node["opened"])
        tenant = node["tenant"]?.string
    }

    private static func list(_ node: JSONNode?) -> [String] { (node?.items ?? []).compactMap(\.string) }

    private static func write(_ name: StaticString, _ values: [String], to writer: inout JSONWriter) {
        writer.key(name)
        writer.beginArray()
        for value in values { writer.string(value) }
        writer.endArray()
    }

    /// What the server does by itself: jobs, messages that are tried again.
    static let server: String = {
        var facts = AuditFacts("server")
        facts.client = "martlet"
        return facts.encoded
    }()
}

/// Deeds that are no interactions of FHIR, as they stand in `AuditFacts.deed`.
package enum AuditDeed: String, Sendable, CaseIterable {
    case server
    /// An HL7 v2 message came in.
    case message
    /// An HL7 v2 message went out and was answered.
    case messageSent = "message.sent"
    /// Another system told something by itself.
    case webhook
    /// Somebody changed accounts, clients or tokens by the command line.
    case command
    /// Somebody opened a record in an emergency.
    case brokenGlass = "security.break-glass"
    case signedIn = "session.started"
    case signInRefused = "session.refused"
    case signedOut = "session.ended"
    case lockedOut = "security.lockout"
    case tokenIssued = "token.issued"
    case tokenRefused = "token.refused"
    /// One account read more than people do by hand.
    case bulkReading = "security.bulk-reading"
}
