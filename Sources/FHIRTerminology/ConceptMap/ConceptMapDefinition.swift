package import JSONTape

/// A ConceptMap resource, by the codes that it maps (R4 conceptmap.html).
package struct ConceptMapDefinition: Sendable {
    /// One line from a code to a code.
    struct Mapping: Sendable {
        var source: Concept
        var target: Concept?
        var targetVersion: String?
        /// What the map says of the target, or of the source where it is read in reverse.
        var targetDisplay: String?
        var sourceDisplay: String?
        var sourceVersion: String?
        var equivalence: Equivalence
        var comment: String?
        var products: [Product]
        var isDependent: Bool
    }

    /// Another element that a mapping leads to.
    package struct Product: Hashable, Sendable {
        package var element: String
        package var system: String?
        package var code: String
        package var display: String?
    }

    /// What to do with codes of a group that it does not map.
    struct Unmapped: Sendable {
        var mode: String
        var concept: (code: String, display: String?)?
        var map: String?
    }

    package let canonical: Canonical
    /// Canonicals of the value sets that the map translates from and to.
    package let sourceValueSet: String?
    package let targetValueSet: String?
    private(set) var mappings: [Mapping] = []
    private(set) var bySource: [Concept: [Int]] = [:]
    private(set) var byTarget: [Concept: [Int]] = [:]
    private(set) var unmapped: [(source: String, target: String, targetVersion: String?, rule: Unmapped)] = []

    package init(_ resource: JSONNode) {
        canonical = Canonical(url: resource["url"]?.string ?? "", version: resource["version"]?.string)
        sourceValueSet = resource["sourceCanonical"]?.string ?? resource["sourceUri"]?.string
        targetValueSet = resource["targetCanonical"]?.string ?? resource["targetUri"]?.string
        for group in resource["group"]?.items ?? [] { add(group) }
    }

    private mutating func add(_ group: JSONNode) {
        let source = group["source"]?.string ?? ""
        let target = group["target"]?.string ?? ""
        for element in group["element"]?.items ?? [] {
            guard let code = element["code"]?.string else { continue }
            for node in element["target"]?.items ?? [] {
                let equivalence = node["equivalence"]?.string.flatMap(Equivalence.init) ?? .relatedTo
                append(
                    Mapping(
                        source: Concept(system: source, code: code),
                        target: node["code"]?.string.map { Concept(system: target, code: $0) },
                        targetVersion: group["targetVersion"]?.string, targetDisplay: node["display"]?.string,
                        sourceDisplay: element["display"]?.string, sourceVersion: group["sourceVersion"]?.string,
                        equivalence: equivalence, comment: node["comment"]?.string,
                        products: Self.products(node["product"]), isDependent: node["dependsOn"] != nil))
            }
        }
        guard let node = group["unmapped"], let mode = node["mode"]?.string else { return }
        let fixed = node["code"]?.string.map { (code: $0, display: node["display"]?.string) }
        let rule = Unmapped(mode: mode, concept: fixed, map: node["url"]?.string)
        unmapped.append((source, target, group["targetVersion"]?.string, rule))
    }

    private mutating func append(_ mapping: Mapping) {
        bySource[mapping.source, default: []].append(mappings.count)
        if let target = mapping.target { byTarget[target, default: []].append(mappings.count) }
        mappings.append(mapping)
    }

    private static func products(_ node: JSONNode?) -> [Product] {
        (node?.items ?? []).compactMap { item in
            guard let element = item["property"]?.string, let value = item["value"]?.string else { return nil }
            return Product(
                element: element, system: item["system"]?.string, code: value, display: item["display"]?.string)
        }
    }
}

/// R4 concept-map-equivalence: what the target is to the source.
package enum Equivalence: String, Sendable {
    case relatedTo = "relatedto"
    case equivalent
    case equal
    case wider
    case subsumes
    case narrower
    case specializes
    case inexact
    case unmatched
    case disjoint

    /// What the source is to the target.
    var reversed: Equivalence {
        switch self {
        case .wider: .narrower
        case .narrower: .wider
        case .subsumes: .specializes
        case .specializes: .subsumes
        default: self
        }
    }

    /// Whether it says that there is a translation.
    package var isMatch: Bool { self != .unmatched && self != .disjoint }
}
