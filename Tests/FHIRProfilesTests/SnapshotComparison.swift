import JSONTape

/// Compares what two snapshots mean, whatever their words.
enum SnapshotComparison {
    /// One line for each difference between `own` and `other`.
    static func differences(_ own: JSONNode, _ other: JSONNode) -> [String] {
        let left = elements(own)
        let right = elements(other)
        var lines: [String] = []
        let rightByID = Dictionary(right) { first, _ in first }
        let leftByID = Dictionary(left) { first, _ in first }
        for (id, meaning) in left {
            guard let expected = rightByID[id] else {
                lines.append("\(id): not in the published one")
                continue
            }
            for (key, value) in meaning where expected[key] != value {
                lines.append("\(id) \(key): \(value), published \(expected[key] ?? "")")
            }
        }
        for (id, _) in right where leftByID[id] == nil { lines.append("\(id): missing") }
        if lines.isEmpty, left.map(\.0) != right.map(\.0) { lines.append("another order of elements") }
        return lines
    }

    private static func elements(_ definition: JSONNode) -> [(String, [String: String])] {
        (definition["snapshot"]?["element"]?.items ?? []).map { ($0["id"]?.string ?? "", meaning($0)) }
    }

    private static func meaning(_ element: JSONNode) -> [String: String] {
        var meaning: [String: String] = [:]
        meaning["path"] = element["path"]?.string ?? ""
        meaning["min"] = element["min"]?.numberText ?? ""
        meaning["max"] = element["max"]?.string ?? ""
        meaning["base"] = element["base"].map(text) ?? ""
        meaning["contentReference"] = element["contentReference"]?.string ?? ""
        meaning["type"] = (element["type"]?.items ?? []).map { type in
            let profiles = (type["profile"]?.items ?? []).compactMap(\.string).sorted()
            let targets = (type["targetProfile"]?.items ?? []).compactMap(\.string).sorted()
            return "\(type["code"]?.string ?? "")\(profiles)\(targets)"
        }.joined(separator: ",")
        meaning["binding"] =
            element["binding"].map { binding in
                "\(binding["strength"]?.string ?? "") \(binding["valueSet"]?.string ?? "")"
            } ?? ""
        let isExtension = ["extension", "modifierExtension"].contains(
            element["path"]?.string?.split(separator: ".").last)
        // Extensions are sliced by their url whether or not a snapshot says so.
        meaning["slicing"] = isExtension ? "" : element["slicing"].map(text) ?? ""
        meaning["constraint"] = Set((element["constraint"]?.items ?? []).compactMap { $0["key"]?.string }).sorted()
            .joined(separator: " ")
        meaning["isModifier"] = element["isModifier"]?.bool == true ? "true" : "false"
        meaning["mustSupport"] = element["mustSupport"]?.bool == true ? "true" : "false"
        for (key, value) in element.members where key.hasPrefix("fixed") || key.hasPrefix("pattern") {
            meaning["value"] = "\(key) \(text(value))"
        }
        return meaning
    }

    private static func text(_ node: JSONNode) -> String {
        var writer = JSONWriter()
        writer.copy(node)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
