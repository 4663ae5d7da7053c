import FHIRDefinitions
import FHIRSearch

/// What the CapabilityStatement says of searches, read from the indexes that answer them.
struct SearchCapabilities {
    private let indexer: SearchIndexer
    /// `Observation:subject` and others, by the type referred to.
    private var reverse: [TypeID: [String]] = [:]
    /// Those that may refer to any type.
    private var reverseOfAny: [String] = []

    init(indexer: SearchIndexer) {
        self.indexer = indexer
        for source in indexer.definitions.resourceTypes {
            for parameter in Self.references(indexer.index(of: source)) {
                let value = "\(indexer.definitions.name(of: source)):\(parameter.code)"
                if parameter.targets.isEmpty { reverseOfAny.append(value) }
                for target in parameter.targets { reverse[target, default: []].append(value) }
            }
        }
    }

    private static func references(_ index: TypeIndex) -> [ParameterIndex] {
        index.parameters.values.filter { $0.kind == .reference }.sorted { $0.code < $1.code }
    }

    /// Values of `_include`.
    func includes(of type: TypeID) -> [String] {
        let name = indexer.definitions.name(of: type)
        let own = Self.references(indexer.index(of: type)).map { "\(name):\($0.code)" }
        return ["*"] + (own.isEmpty ? [] : ["\(name):*"]) + own
    }

    /// Values of `_revinclude`.
    func reverseIncludes(of type: TypeID) -> [String] {
        ["*"] + (reverseOfAny + (reverse[type] ?? [])).sorted()
    }

    /// The parameters that a search of the type takes, each name once (R4 invariant cpb-12).
    func parameters(of type: TypeID) -> [SearchParameterDefinition] {
        let index = indexer.index(of: type)
        let indexed = index.parameters.values.map(\.definition)
        // No index stands behind a filter.
        let filters = indexer.definitions.searchParameters(of: type).filter {
            $0.code == "_filter" && index.parameters[$0.code] == nil
        }
        return (indexed + filters).sorted { $0.code < $1.code }
    }

    /// Parameters that every type has.
    var commonParameters: [SearchParameterDefinition] {
        let indexes = indexer.definitions.resourceTypes.map { indexer.index(of: $0) }
        guard let first = indexes.first else { return [] }
        return first.parameters.values.map(\.definition).filter { definition in
            indexes.allSatisfy { $0.parameters[definition.code]?.definition.url == definition.url }
        }.sorted { $0.code < $1.code }
    }

    /// The definitions of the compartments, by their canonical urls.
    var compartments: [String] {
        indexer.definitions.compartments.map { compartment in
            let name = compartment.code.prefix(1).lowercased() + compartment.code.dropFirst()
            return "http://hl7.org/fhir/CompartmentDefinition/\(name)"
        }
    }
}
