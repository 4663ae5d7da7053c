import FHIRFormats
import FHIRStore
import FHIRTerminology
import JSONTape

/// Writes a ValueSet with its expansion (R4 valueset-definitions.html#ValueSet.expansion).
struct ExpansionWriter {
    let call: OperationCall
    let wish: ExpansionWish

    func json(_ definition: ValueSetDefinition, _ expansion: Expansion) -> [UInt8] {
        var writer = JSONWriter(reservingByteCount: 1024 + expansion.entries.count * 120)
        writer.beginObject()
        write(definition, to: &writer)
        writer.key("expansion")
        writer.beginObject()
        writer.member("identifier", "urn:uuid:\(call.store.makeID())")
        writer.member("timestamp", call.store.clock().truncatedToMilliseconds.text)
        writer.key("total")
        writer.number(expansion.total)
        if wish.isPaged {
            writer.key("offset")
            writer.number(wish.offset ?? 0)
        }
        writeParameters(expansion, to: &writer)
        if !expansion.entries.isEmpty {
            writer.key("contains")
            writer.beginArray()
            let isNested = call.input.bool("excludeNested") == false && !wish.isPaged && wish.filter == nil
            if isNested {
                writeNested(expansion.entries, to: &writer)
            } else {
                writeFlat(expansion.entries, to: &writer)
            }
            writer.endArray()
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// What the resource says of itself; how its codes are found only where that was asked for.
    private func write(_ definition: ValueSetDefinition, to writer: inout JSONWriter) {
        writer.member("resourceType", "ValueSet")
        guard let resource = definition.resource else {
            writer.member("url", definition.canonical.text)
            writer.member("status", "active")
            return
        }
        let hasDefinition = call.input.bool("includeDefinition") ?? false
        for (key, value) in resource.members {
            switch key {
            case "resourceType", "expansion", "text", "_text", "contained": continue
            case "compose" where !hasDefinition: continue
            default:
                writer.key(named: key)
                writer.copy(value)
            }
        }
    }

    /// What the expansion depends on: parameters as they were given, and the versions that were used.
    private func writeParameters(_ expansion: Expansion, to writer: inout JSONWriter) {
        var parameters: [(name: String, member: String, json: [UInt8])] = []
        for parameter in [
            "filter", "displayLanguage", "offset", "count", "activeOnly", "includeDesignations",
            "includeDefinition", "excludeNested", "excludeNotForUI", "exclude-system", "system-version", "designation",
        ] {
            let isInteger = parameter == "offset" || parameter == "count"
            let isURI = parameter.contains("system")
            for value in call.input.all(parameter) {
                var json = value.source
                if parameter == "count", let count = wish.count {
                    json = Array(String(min(count, call.terminology.limits.pageCount)).utf8)
                }
                let kind = value.bool != nil ? "valueBoolean" : isInteger ? "valueInteger" : "valueString"
                parameters.append((parameter, isURI ? "valueUri" : kind, json))
            }
        }
        func text(_ text: String) -> [UInt8] {
            var writer = JSONWriter()
            writer.string(text)
            return writer.bytes
        }
        parameters += expansion.systems.map { ("version", "valueUri", text($0)) }
        parameters += expansion.valueSets.map { ("used-valueset", "valueUri", text($0)) }
        guard !parameters.isEmpty else { return }
        writer.key("parameter")
        writer.beginArray()
        for parameter in parameters {
            writer.beginObject()
            writer.member("name", parameter.name)
            writer.key(named: parameter.member)
            writer.raw(parameter.json)
            writer.endObject()
        }
        writer.endArray()
    }

    private func writeFlat(_ entries: [ExpansionEntry], to writer: inout JSONWriter) {
        let (languages, tokens) = (call.languages, designationTokens)
        for entry in entries {
            writer.beginObject()
            write(entry, languages, tokens, to: &writer)
            writer.endObject()
        }
    }

    /// Kinds within the first of what they are kinds of, as far as that is there and no deeper than JSON may nest.
    private func writeNested(_ entries: [ExpansionEntry], to writer: inout JSONWriter) {
        var positions: [Concept: Int] = [:]
        for (position, entry) in entries.enumerated() { positions[entry.concept] = position }
        var children: [Int: [Int]] = [:]
        var depths: [Int: Int] = [:]
        var roots: [Int] = []
        for (position, entry) in entries.enumerated() {
            let parent = entry.parents.lazy
                .compactMap { positions[Concept(system: entry.system, code: $0)] }.first { $0 < position }
            if let parent, let depth = depths[parent], depth < Self.greatestDepth {
                children[parent, default: []].append(position)
                depths[position] = depth + 1
            } else {
                roots.append(position)
                depths[position] = 1
            }
        }
        let (languages, tokens) = (call.languages, designationTokens)
        func add(_ position: Int) {
            writer.beginObject()
            write(entries[position], languages, tokens, to: &writer)
            if let inner = children[position] {
                writer.key("contains")
                writer.beginArray()
                for child in inner { add(child) }
                writer.endArray()
            }
            writer.endObject()
        }
        for root in roots { add(root) }
    }

    /// Each level is an object in an array.
    private static let greatestDepth = 20

    private func write(
        _ entry: ExpansionEntry, _ languages: [String], _ tokens: [Substring]?, to writer: inout JSONWriter
    ) {
        if !entry.system.isEmpty { writer.member("system", entry.system) }
        if entry.isAbstract {
            writer.key("abstract")
            writer.bool(true)
        }
        if entry.isInactive {
            writer.key("inactive")
            writer.bool(true)
        }
        if let version = entry.version { writer.member("version", version) }
        writer.member("code", entry.code)
        if let display = entry.display(in: languages) { writer.member("display", display) }
        guard let tokens else { return }
        let designations = entry.designations.filter { tokens.isEmpty || Self.fits($0, tokens) }
        guard !designations.isEmpty else { return }
        writer.key("designation")
        writer.beginArray()
        for designation in designations { Self.write(designation, to: &writer) }
        writer.endArray()
    }

    private static func write(_ designation: Designation, to writer: inout JSONWriter) {
        writer.beginObject()
        if let language = designation.language { writer.member("language", language) }
        if let use = designation.use {
            writer.key("use")
            writer.beginObject()
            if let system = use.system { writer.member("system", system) }
            if let code = use.code { writer.member("code", code) }
            if let display = use.display { writer.member("display", display) }
            writer.endObject()
        }
        writer.member("value", designation.value)
        writer.endObject()
    }

    /// The designations asked for as tokens; none for all of them, nil where there are to be none.
    private var designationTokens: [Substring]? {
        let tokens = call.input.strings("designation").map { $0[...] }
        if !tokens.isEmpty { return tokens }
        return call.input.bool("includeDesignations") == true ? [] : nil
    }

    /// A token is a use, `system|code`, or a language, `urn:ietf:bcp:47|de`.
    private static func fits(_ designation: Designation, _ tokens: [Substring]) -> Bool {
        tokens.contains { token in
            let parts = token.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let code = parts[parts.count - 1]
            let system = parts.count == 2 ? parts[0] : nil
            if designation.language == code, system == nil || system == "urn:ietf:bcp:47" { return true }
            guard let use = designation.use else { return false }
            return (code.isEmpty || use.code == code) && (system == nil || use.system == system)
        }
    }
}
