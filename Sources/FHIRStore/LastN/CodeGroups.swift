import JSONTape

/// Which codes mean the same: those that share a coding by system and code, and so on through others; codes without a
/// coding by their text (R4 observation-operation-lastn.html). Disjoint sets with path halving.
struct CodeGroups {
    private var parents: [Int] = []
    private var byKey: [String: Int] = [:]
    private var byCode: [[UInt8]: Int] = [:]

    /// Adds a CodeableConcept in JSON; returns its number for `root(of:)`.
    mutating func insert(code: [UInt8]?) -> Int {
        let code = code ?? []
        if let known = byCode[code] { return known }
        let number = parents.count
        parents.append(number)
        byCode[code] = number
        for key in Self.keys(code) {
            if let other = byKey[key] {
                join(number, other)
            } else {
                byKey[key] = number
            }
        }
        return number
    }

    /// The same number for all codes of a group, once all are inserted.
    mutating func root(of number: Int) -> Int {
        var node = number
        while parents[node] != node {
            parents[node] = parents[parents[node]]
            node = parents[node]
        }
        return node
    }

    private mutating func join(_ left: Int, _ right: Int) {
        parents[root(of: left)] = root(of: right)
    }

    private static func keys(_ code: [UInt8]) -> [String] {
        guard let document = try? Document.parse(code) else { return [] }
        let concept = JSONNode(document)
        let codings = (concept["coding"]?.items ?? []).compactMap { coding in
            coding["code"]?.string.map { "\(coding["system"]?.string ?? "")|\($0)" }
        }
        if !codings.isEmpty { return codings }
        // A bar cannot begin a system, so texts and codings stay apart.
        return concept["text"]?.string.map { ["||\($0)"] } ?? []
    }
}
