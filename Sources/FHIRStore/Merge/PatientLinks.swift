import JSONTape

/// Edits `Patient.link`, `.active` and `.identifier` as merges need them; everything else is copied as it is.
struct PatientLinks {
    let node: JSONNode

    init?(_ content: [UInt8]?) {
        guard let content, let document = try? Document.parse(content, limits: .fhir) else { return nil }
        node = JSONNode(document)
    }

    /// Those that were merged into this one.
    var replaced: [String] {
        links.filter { $0["type"]?.string == "replaces" }.compactMap(Self.patient)
    }

    /// Out of use, in favour of the survivor.
    func retired(for survivor: String) -> [UInt8] {
        let kept = links.filter { $0["type"]?.string != "replaced-by" && Self.patient($0) != survivor }
        return edited(links: kept.map(\.source) + [Self.link(survivor, "replaced-by")], active: false)
    }

    /// In the place of `priors`, with copies of their identifiers as old ones.
    func surviving(_ priors: [String], identifiers: [JSONNode]) -> [UInt8] {
        let gone = Set(priors)
        let kept = links.filter { Self.patient($0).map { !gone.contains($0) } ?? true }
        let mine = Set(items("identifier").map(Self.pair))
        var copies: [[UInt8]] = []
        var seen = mine
        for identifier in identifiers where seen.insert(Self.pair(identifier)).inserted {
            copies.append(Self.old(identifier))
        }
        return edited(
            links: kept.map(\.source) + priors.map { Self.link($0, "replaces") },
            identifiers: copies.isEmpty ? nil : items("identifier").map(\.source) + copies)
    }

    /// No longer out of use.
    /// - Parameter active: what it was before the merge; nil if it was not said.
    func revived(active: Bool?) -> [UInt8] {
        edited(
            links: links.filter { $0["type"]?.string != "replaced-by" }.map(\.source), active: active,
            removesActive: active == nil)
    }

    /// Without what a merge added for `priors`.
    /// - Parameters:
    ///   - identifiers: of the patient that was merged.
    ///   - before: those that were there before.
    func parted(from priors: Set<String>, identifiers: [JSONNode], before: [JSONNode]) -> [UInt8] {
        let kept = links.filter { link in
            link["type"]?.string != "replaces" || Self.patient(link).map { !priors.contains($0) } ?? true
        }
        let added = Set(identifiers.map(Self.pair)).subtracting(before.map(Self.pair))
        let staying = items("identifier").filter { $0["use"]?.string != "old" || !added.contains(Self.pair($0)) }
        return edited(links: kept.map(\.source), identifiers: staying.map(\.source))
    }

    func items(_ name: String) -> [JSONNode] { node[named: name]?.items ?? [] }

    private var links: [JSONNode] { items("link") }

    private static func patient(_ link: JSONNode) -> String? {
        guard let reference = link["other"]?["reference"]?.string, reference.hasPrefix("Patient/") else { return nil }
        return String(reference.dropFirst(8))
    }

    private static func link(_ id: String, _ type: String) -> [UInt8] {
        Array("{\"other\":{\"reference\":\"Patient/\(id)\"},\"type\":\"\(type)\"}".utf8)
    }

    static func pair(_ identifier: JSONNode) -> [String] {
        [identifier["system"]?.string ?? "", identifier["value"]?.string ?? ""]
    }

    /// A copy with `use` old.
    private static func old(_ identifier: JSONNode) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("use", "old")
        for (key, value) in identifier.members where key != "use" && key != "_use" && key != "id" {
            writer.key(named: key)
            writer.copy(value)
        }
        writer.endObject()
        return writer.bytes
    }

    private func edited(
        links: [[UInt8]], identifiers: [[UInt8]]? = nil, active: Bool? = nil, removesActive: Bool = false
    ) -> [UInt8] {
        var writer = JSONWriter()
        func array(_ name: String, _ items: [[UInt8]]) {
            guard !items.isEmpty else { return }
            writer.key(named: name)
            writer.beginArray()
            for item in items { writer.raw(item) }
            writer.endArray()
        }
        writer.beginObject()
        for (key, value) in node.members {
            if key == "link" || key == "identifier" && identifiers != nil { continue }
            if key == "active", active != nil || removesActive { continue }
            writer.key(named: key)
            writer.copy(value)
        }
        if let identifiers { array("identifier", identifiers) }
        if let active {
            writer.key(named: "active")
            writer.bool(active)
        }
        array("link", links)
        writer.endObject()
        return writer.bytes
    }
}
