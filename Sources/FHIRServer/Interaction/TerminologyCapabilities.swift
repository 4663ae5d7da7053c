import FHIRDefinitions
import FHIRFormats
import FHIRStore
import FHIRTerminology
import JSONTape

/// What the server can say of codes, at `metadata?mode=terminology` (R4 http.html#capabilities,
/// terminologycapabilities.html).
extension Interactions {
    func terminologyCapabilities(_ request: InteractionRequest) async throws -> InteractionAnswer {
        let stored = try await search.terminology.storedCodeSystems()
        var versions: [String: [String]] = [:]
        for url in StandardTerminology.r4.urls(of: "CodeSystem") { versions[url] = [] }
        for url in ListedCodeSystem.urls + CodeGrammar.allCases.map(\.system) { versions[url] = [] }
        for (url, version) in stored { versions[url, default: []] += version.map { [$0] } ?? [] }
        var writer = JSONWriter(reservingByteCount: 1 << 17)
        writer.beginObject()
        writer.member("resourceType", "TerminologyCapabilities")
        writer.member("url", "\(request.base)/metadata?mode=terminology")
        writer.member("version", CapabilityStatement.softwareVersion)
        writer.member("name", "MartletTerminology")
        writer.member("title", "Terminologies of the Martlet FHIR R4 server")
        writer.member("status", "active")
        writer.member("date", store.clock().truncatedToMilliseconds.text)
        writer.member("kind", "instance")
        CapabilityStatement.writeServer(base: request.base, to: &writer)
        writer.key("codeSystem")
        writer.beginArray()
        for (url, versions) in versions.sorted(by: { $0.key < $1.key }) {
            writer.beginObject()
            writer.member("uri", url)
            if !versions.isEmpty { Self.write(versions, to: &writer) }
            writer.key("subsumption")
            writer.bool(true)
            writer.endObject()
        }
        writer.endArray()
        Self.writeOperations(to: &writer)
        writer.endObject()
        return InteractionAnswer(200, body: writer.bytes)
    }

    private static func write(_ versions: [String], to writer: inout JSONWriter) {
        writer.key("version")
        writer.beginArray()
        for version in versions {
            writer.beginObject()
            writer.member("code", version)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func writeOperations(to writer: inout JSONWriter) {
        writer.key("expansion")
        writer.beginObject()
        for key in ["hierarchical", "paging"] {
            writer.key(named: key)
            writer.bool(true)
        }
        writer.key("parameter")
        writer.beginArray()
        for parameter in ValueSetExpand().declaration.parameters where parameter.use == .input {
            writer.beginObject()
            writer.member("name", parameter.name)
            writer.member("documentation", parameter.documentation)
            writer.endObject()
        }
        writer.endArray()
        writer.member("textFilter", "Words that begin words of displays, designations and codes, without case.")
        writer.endObject()
        writer.member("codeSearch", "all")
        writer.key("validateCode")
        writer.beginObject()
        writer.key("translations")
        writer.bool(true)
        writer.endObject()
        writer.key("translation")
        writer.beginObject()
        writer.key("needsMap")
        writer.bool(false)
        writer.endObject()
    }
}
