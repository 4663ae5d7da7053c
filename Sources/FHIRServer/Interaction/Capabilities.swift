package import FHIRDefinitions
package import FHIRFormats
import FHIRPatch
package import FHIRSearch
package import FHIRStore
import JSONTape
import Synchronization

/// capabilities: the CapabilityStatement, made of what is there (R4 http.html#capabilities).
package final class CapabilityStatement: Sendable {
    private let definitions: FHIRDefinitions
    private let operations: OperationRegistry
    private let indexer: SearchIndexer
    private let conditionalDelete: ConditionalDelete
    private let started: Instant
    private let integrity: ReferentialIntegrity
    /// The bytes by base URL; a handful, as clients reach one server under few names.
    private let cache = Mutex<[String: (bytes: [UInt8], etag: String, revision: Int64)]>([:])

    package init(
        definitions: FHIRDefinitions, operations: OperationRegistry, indexer: SearchIndexer,
        conditionalDelete: ConditionalDelete, integrity: ReferentialIntegrity, started: Instant
    ) {
        self.conditionalDelete = conditionalDelete
        self.integrity = integrity
        self.definitions = definitions
        self.operations = operations
        self.indexer = indexer
        self.started = started
    }

    /// Version of the program, for `software.version`.
    static let softwareVersion = "0.1.0"
    private static let greatestCacheCount = 8

    /// Who is let in.
    enum Security: Sendable {
        case everybody
        /// Those who show a token that the administrator gave them.
        case token
        /// Those who show a token that they got by SMART App Launch.
        case smart
    }

    func answer(_ request: InteractionRequest, security: Security) throws -> InteractionAnswer {
        try checkMode(request.query)
        let (bytes, etag) = statement(base: request.base, security: security)
        var answer = InteractionAnswer(200)
        answer.etag = etag
        answer.lastModified = started
        if request.conditions.ifNoneMatch?.contains(etag.dropFirst(2)) == true {
            answer.status = 304
        } else {
            answer.body = bytes
        }
        return answer
    }

    /// R4 http.html#capabilities: a server may answer every mode with the whole statement, as this one does; what is
    /// none of the modes is an error.
    private func checkMode(_ query: QueryItems) throws {
        for mode in query.all("mode") where !["", "full", "normative", "terminology"].contains(mode) {
            throw SearchError(.invalidValue, "full, normative or terminology is expected", parameter: "mode")
        }
    }

    private func statement(base: String, security: Security) -> (bytes: [UInt8], etag: String) {
        // Custom search parameters are part of it.
        let revision = indexer.customRevision
        if let known = cache.withLock({ $0[base] }), known.revision == revision { return (known.bytes, known.etag) }
        let bytes = json(base: base, security: security)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let etag = "W/\"\(String(hash, radix: 36))\""
        cache.withLock { cache in
            if cache.count >= Self.greatestCacheCount { cache.removeAll() }
            cache[base] = (bytes, etag, revision)
        }
        return (bytes, etag)
    }

    // MARK: - JSON

    private func json(base: String, security: Security) -> [UInt8] {
        var writer = JSONWriter(reservingByteCount: 1 << 20)
        writer.beginObject()
        writer.member("resourceType", "CapabilityStatement")
        writer.member("url", "\(base)/metadata")
        writer.member("version", Self.softwareVersion)
        writer.member("name", "Martlet")
        writer.member("title", "Martlet FHIR R4 server")
        writer.member("status", "active")
        writer.member("date", started.truncatedToMilliseconds.text)
        writer.member("publisher", "Martlet")
        writer.member("description", "What this server offers, made of what it routes and searches by.")
        writer.member("kind", "instance")
        Self.writeServer(base: base, to: &writer)
        writer.member("fhirVersion", "4.0.1")
        strings("format", ["application/fhir+json", "application/fhir+xml", "json", "xml"], to: &writer)
        strings("patchFormat", PatchFormat.mediaTypes, to: &writer)
        writer.key("rest")
        writer.beginArray()
        writeREST(base: base, security: security, to: &writer)
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// `software` and `implementation`, as all statements of the server have them.
    static func writeServer(base: String, to writer: inout JSONWriter) {
        writer.key("software")
        writer.beginObject()
        writer.member("name", "Martlet")
        writer.member("version", softwareVersion)
        writer.endObject()
        writer.key("implementation")
        writer.beginObject()
        writer.member("description", "Martlet: FHIR R4 and HL7 v2 on PostgreSQL")
        writer.member("url", base)
        writer.endObject()
    }

    private func writeREST(base: String, security: Security, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("mode", "server")
        writer.member("documentation", integrity.documentation + Self.searchDocumentation)
        writeSecurity(security, base: base, to: &writer)
        writer.key("resource")
        writer.beginArray()
        let search = SearchCapabilities(indexer: indexer)
        for type in definitions.resourceTypes { write(type, search, base: base, to: &writer) }
        writer.endArray()
        codes("interaction", ["transaction", "batch", "search-system", "history-system"], to: &writer)
        searchParameters(search.commonParameters, to: &writer)
        let system = operations.declarations.filter { $0.levels.contains(.system) }
        write(system, base: base, to: &writer)
        strings("compartment", search.compartments, to: &writer)
        writer.endObject()
    }

    /// What the statement's codes do not say of searches.
    private static let searchDocumentation =
        " Searches refuse what they do not understand unless Prefer: handling=lenient is sent; link self names what "
        + "was heeded. Quantities with UCUM units are found in every unit that can be converted."

    /// Who is let in (R4 capabilitystatement-definitions.html#CapabilityStatement.rest.security).
    private func writeSecurity(_ security: Security, base: String, to writer: inout JSONWriter) {
        writer.key("security")
        writer.beginObject()
        if security == .smart { writeAddresses(base: base, to: &writer) }
        writer.key("cors")
        writer.bool(security == .smart)
        if security != .everybody {
            writer.key("service")
            writer.beginArray()
            writer.beginObject()
            if security == .smart {
                writer.key("coding")
                writer.beginArray()
                writer.beginObject()
                writer.member("system", "http://terminology.hl7.org/CodeSystem/restful-security-service")
                writer.member("code", "SMART-on-FHIR")
                writer.member("display", "SMART-on-FHIR")
                writer.endObject()
                writer.endArray()
            }
            // The codes have none for tokens that the server itself gives out.
            writer.member("text", security == .smart ? "OAuth2 using SMART-on-FHIR" : "Bearer token (RFC 6750)")
            writer.endObject()
            writer.endArray()
        }
        let description: String =
            switch security {
            case .everybody: "Everybody is let in: the server listens on the local machine only."
            case .token: "Authorization: Bearer TOKEN is needed everywhere but here; the administrator issues tokens."
            case .smart:
                "SMART App Launch 2.2: see .well-known/smart-configuration. Tokens are needed everywhere but here."
            }
        writer.member("description", description)
        writer.endObject()
    }

    /// Where tokens come from, as SMART App Launch 1 has clients read it
    /// (http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris).
    private func writeAddresses(base: String, to writer: inout JSONWriter) {
        let root = base.hasSuffix(RouteParser.basePath) ? base.dropLast(RouteParser.basePath.count) : base[...]
        writer.key("extension")
        writer.beginArray()
        writer.beginObject()
        writer.key("extension")
        writer.beginArray()
        for name in ["authorize", "token", "introspect", "revoke"] {
            writer.beginObject()
            writer.member("url", name)
            writer.member("valueUri", "\(root)/auth/\(name)")
            writer.endObject()
        }
        writer.endArray()
        writer.member("url", "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris")
        writer.endObject()
        writer.endArray()
    }

    private func write(_ type: TypeID, _ search: SearchCapabilities, base: String, to writer: inout JSONWriter) {
        let name = definitions.name(of: type)
        writer.beginObject()
        writer.member("type", name)
        writer.member("profile", "http://hl7.org/fhir/StructureDefinition/\(name)")
        codes(
            "interaction",
            [
                "read", "vread", "create", "update", "patch", "delete", "history-instance", "history-type",
                "search-type",
            ],
            to: &writer)
        writer.member("versioning", "versioned-update")
        for (key, value) in [("readHistory", true), ("updateCreate", true), ("conditionalCreate", true)] {
            writer.key(named: key)
            writer.bool(value)
        }
        writer.member("conditionalRead", "full-support")
        writer.key("conditionalUpdate")
        writer.bool(true)
        writer.member("conditionalDelete", conditionalDelete.rawValue)
        strings("referencePolicy", ["literal", "logical", "local"], to: &writer)
        strings("searchInclude", search.includes(of: type), to: &writer)
        strings("searchRevInclude", search.reverseIncludes(of: type), to: &writer)
        searchParameters(search.parameters(of: type), to: &writer)
        write(operations.declarations.filter { $0.belongs(to: name) }, base: base, to: &writer)
        writer.endObject()
    }

    private func searchParameters(_ parameters: [SearchCapabilities.Parameter], to writer: inout JSONWriter) {
        writer.key("searchParam")
        writer.beginArray()
        for parameter in parameters {
            writer.beginObject()
            writer.member("name", parameter.definition.code)
            writer.member("definition", parameter.definition.url)
            writer.member("type", parameter.definition.type.rawValue)
            if !parameter.modifiers.isEmpty {
                writer.member("documentation", "Modifiers: \(parameter.modifiers.joined(separator: ", "))")
            }
            writer.endObject()
        }
        writer.endArray()
    }

    private func write(_ declarations: [OperationDeclaration], base: String, to writer: inout JSONWriter) {
        guard !declarations.isEmpty else { return }
        writer.key("operation")
        writer.beginArray()
        for declaration in declarations {
            writer.beginObject()
            writer.member("name", declaration.name)
            writer.member("definition", declaration.canonical(base: base))
            if !declaration.documentation.isEmpty { writer.member("documentation", declaration.documentation) }
            writer.endObject()
        }
        writer.endArray()
    }

    private func codes(_ key: StaticString, _ values: [String], to writer: inout JSONWriter) {
        writer.key(key)
        writer.beginArray()
        for value in values {
            writer.beginObject()
            writer.member("code", value)
            writer.endObject()
        }
        writer.endArray()
    }

    private func strings(_ key: StaticString, _ values: [String], to writer: inout JSONWriter) {
        writer.key(key)
        writer.beginArray()
        for value in values { writer.string(value) }
        writer.endArray()
    }
}

extension ReferentialIntegrity {
    /// What clients have to know of writes that the statement's codes do not say.
    fileprivate var documentation: String {
        let updates =
            "An update whose content is the stored one makes no new version. "
            + "Resources tagged SUBSETTED and properties unknown to R4 are refused, whatever Prefer: handling says. "
        switch self {
        case .none: return updates + "References are not checked: their targets may be missing or deleted."
        case .delete:
            return updates
                + "A resource that others refer to cannot be deleted (409); other references are not checked."
        }
    }
}
