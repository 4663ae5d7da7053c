import FHIRDefinitions
import JSONTape

/// The functions that FHIR adds (https://hl7.org/fhir/R4/fhirpath.html#functions).
extension FunctionLibrary {
    static let fhir: [String: FunctionDefinition] = [
        "getValue": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            guard case .one(.node(let node)) = call.input, call.evaluation.schema.kind(node.type).isPrimitive else {
                return .none
            }
            return .item(call.evaluation.value(node))
        },
        "extension": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let url = try call.stringArgument(0) else { return .none }
            return extensions(of: call.input, url, call.evaluation)
        },
        "resolve": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            var found = Items.none
            for item in call.input {
                guard let reference = reference(item, call.evaluation), let node = call.evaluation.resolve(reference)
                else { continue }
                found.append(.node(node))
            }
            return found
        },
        "memberOf": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let item = try call.single(), let url = try call.stringArgument(0),
                let element = call.evaluation.knowledgeElement(item)
            else { return .none }
            return .boolean(call.evaluation.environment.knowledge?.isMember(element, ofValueSet: url))
        },
        "subsumes": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            try subsumes(call.single(), call.argument(0), call.evaluation)
        },
        "subsumedBy": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            try subsumes(call.argument(0), call.single(), call.evaluation)
        },
        "conformsTo": FunctionDefinition(1...1) { call throws(FHIRPathError) in try conforms(call) },
        "htmlChecks": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            guard let item = try call.single() else { return .none }
            guard case .node(let node) = item, let index = node.value else {
                return .boolean(call.evaluation.string(item).map { NarrativeCheck.isAllowed($0) } ?? false)
            }
            let document = call.evaluation.document(of: node)
            try call.evaluation.step(document.count(index) >> 6)
            return .boolean(document.withString(index) { NarrativeCheck.isAllowed($0) })
        },
        "checkModifiers": FunctionDefinition(0...16) { call throws(FHIRPathError) in try checkModifiers(call) },
        // Definitions are no elements of a resource, and slices are known to profiles alone.
        "elementDefinition": FunctionDefinition(0...0) { _ throws(FHIRPathError) in .none },
        "slice": FunctionDefinition(2...2) { _ throws(FHIRPathError) in .none },
    ]

    private static func extensions(of items: Items, _ url: String, _ evaluation: Evaluation) -> Items {
        guard let name = evaluation.schema.elementName("extension") else { return .none }
        var found = Items.none
        for item in items {
            guard case .node(let node) = item else { continue }
            let document = evaluation.document(of: node)
            evaluation.walk(node).children(of: node, named: name) { child in
                if let index = child.value, let member = document.member("url", of: index),
                    document.withString(member, { url.utf8.elementsEqual($0) })
                {
                    found.append(.node(child))
                }
                return true
            }
        }
        return found
    }

    /// The URL of a Reference, or the text of a uri, url, canonical or string.
    private static func reference(_ item: Item, _ evaluation: Evaluation) -> String? {
        guard case .node(let node) = item, !evaluation.schema.kind(node.type).isPrimitive else {
            return evaluation.string(item)
        }
        guard let index = node.value else { return nil }
        let document = evaluation.document(of: node)
        return document.member("reference", of: index).map { document.string($0) }
    }

    private static func subsumes(
        _ broader: Item?, _ narrower: Item?, _ evaluation: Evaluation
    ) throws(FHIRPathError) -> Items {
        guard let a = broader.flatMap(evaluation.knowledgeElement),
            let b = narrower.flatMap(evaluation.knowledgeElement)
        else { return .none }
        return .boolean(evaluation.environment.knowledge?.subsumes(a, b))
    }

    private static func conforms(_ call: Call) throws(FHIRPathError) -> Items {
        guard case .one(let item) = call.input, let url = try call.stringArgument(0) else { return .none }
        if let element = call.evaluation.knowledgeElement(item),
            let answer = call.evaluation.environment.knowledge?.conforms(element, toProfile: url)
        {
            return .boolean(answer)
        }
        // The standard's own types need nobody to ask.
        let base = "http://hl7.org/fhir/StructureDefinition/"
        guard url.hasPrefix(base), case .node(let node) = item,
            let type = call.evaluation.schema.definitions.type(named: String(url.dropFirst(base.count)))
        else { throw FHIRPathError(.unknownProfile, "the profile is not known") }
        return .boolean(call.evaluation.schema.definitions.isKind(node.type, of: type))
    }

    /// The input, if no extension modifies it but those named.
    private static func checkModifiers(_ call: Call) throws(FHIRPathError) -> Items {
        var known: Set<String> = []
        for position in call.arguments.indices {
            let urls = try call.stringArgument(position) ?? ""
            for url in urls.split(separator: ",") { known.insert(url.filter { $0 != " " }) }
        }
        guard let name = call.evaluation.schema.elementName("modifierExtension") else { return call.input }
        for item in call.input {
            guard case .node(let node) = item else { continue }
            let document = call.evaluation.document(of: node)
            var hasUnknown = false
            call.evaluation.walk(node).children(of: node, named: name) { child in
                let url = child.value.flatMap { document.member("url", of: $0) }.map { document.string($0) }
                hasUnknown = !known.contains(url ?? "")
                return !hasUnknown
            }
            if hasUnknown {
                throw FHIRPathError(.unknownModifier, "an element has a modifier extension that is not known")
            }
        }
        return call.input
    }
}

extension Evaluation {
    func knowledgeElement(_ item: Item) -> KnowledgeElement? {
        if case .node(let node) = item { return node.value.map { .element(document(of: node), $0, node.type) } }
        return string(item).map { .text($0) }
    }
}
