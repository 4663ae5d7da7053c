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

    /// A parameter with the modifiers it takes, without the colon.
    struct Parameter {
        var definition: SearchParameterDefinition
        var modifiers: [String]
    }

    /// The parameters that a search of the type takes, each name once (R4 invariant cpb-12).
    func parameters(of type: TypeID) -> [Parameter] {
        let index = indexer.index(of: type)
        let indexed = index.parameters.values.map {
            Parameter(definition: $0.definition, modifiers: indexer.modifiers(of: $0, on: type))
        }
        // No index stands behind a filter.
        let filters = indexer.definitions.searchParameters(of: type).filter {
            $0.code == "_filter" && index.parameters[$0.code] == nil
        }
        return (indexed + filters.map { Parameter(definition: $0, modifiers: []) })
            .sorted { $0.definition.code < $1.definition.code }
    }

    /// Parameters that every type has.
    var commonParameters: [Parameter] {
        guard let first = indexer.definitions.resourceTypes.first else { return [] }
        let indexes = indexer.definitions.resourceTypes.map { indexer.index(of: $0) }
        return parameters(of: first).filter { parameter in
            indexes.allSatisfy {
                $0.parameters[parameter.definition.code]?.definition.url == parameter.definition.url
            }
        }
    }

    /// The definitions of the compartments, by their canonical urls.
    var compartments: [String] {
        indexer.definitions.compartments.map { compartment in
            let name = compartment.code.prefix(1).lowercased() + compartment.code.dropFirst()
            return "http://hl7.org/fhir/CompartmentDefinition/\(name)"
        }
    }
}
