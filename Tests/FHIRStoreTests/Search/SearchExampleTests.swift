import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import FHIRStoreTesting
import Foundation
import JSONTape
import Testing

/// Every parameter finds every official example by a value that the example has.
@Suite struct SearchExampleTests {
    private static var folder: String {
        let data = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] ?? "../shared/data"
        return data + "/fhir-r4/examples"
    }

    private struct Example {
        var type: TypeID
        var id: String
        var node: JSONNode
    }

    private static func examples(_ definitions: FHIRDefinitions) -> [Example] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []
        return files.filter { $0.hasSuffix(".json") }.compactMap { file in
            guard let data = FileManager.default.contents(atPath: folder + "/" + file),
                let document = try? Document.parse([UInt8](data), limits: .fhir)
            else { return nil }
            let node = JSONNode(document)
            guard let name = node["resourceType"]?.string, let id = node["id"]?.string,
                let type = definitions.resourceType(named: name)
            else { return nil }
            return Example(type: type, id: id, node: node)
        }
    }

    @Test func everyParameterFindsItsExamples() async throws {
        let examples = Self.examples(.r4)
        guard !examples.isEmpty else {
            print("skipped: no official examples at \(Self.folder)")
            return
        }
        try await TestStore.with(types: nil) { test in
            let store = FHIRStore(database: test.database, definitions: test.definitions, indexer: test.indexer)
            for example in examples {
                _ = try await store.update(
                    ResourceInput(type: example.type, document: example.node.document), id: example.id)
            }
            let indexer = test.indexer
            let service = test.service { $0.maximumCount = 1000 }
            var asked = 0
            var found = 0
            var parameters: Set<String> = []
            for example in examples {
                let index = indexer.index(of: example.type)
                for parameter in index.parameters.values {
                    let sampler = ValueSampler(indexer: indexer, index: index, parameter: parameter)
                    guard let query = sampler.query(from: example.node, id: example.id) else { continue }
                    asked += 1
                    parameters.insert(index.name + "." + parameter.code)
                    do {
                        var request = try SearchRequest.parse(
                            type: example.type, pairs: [query], handling: .strict, indexer: indexer)
                        request.count = 1000
                        let page = try await service.search(request, now: Instant.now.microsecondsSince1970)
                        if page.matches.contains(where: { $0.stamp.id == example.id }) {
                            found += 1
                        } else {
                            Issue.record("\(index.name)/\(example.id) not found by \(query)")
                        }
                    } catch {
                        Issue.record("\(index.name)/\(example.id) by \(query): \(error)")
                    }
                }
            }
            print("examples found by their values: \(found) of \(asked), \(parameters.count) parameters")
        }
    }
}

/// Makes a search from a value that a resource has for a parameter, independently of the indexer's own reading.
private struct ValueSampler {
    let indexer: SearchIndexer
    let index: TypeIndex
    let parameter: ParameterIndex

    func query(from node: JSONNode, id: String) -> (String, String)? {
        switch parameter.code {
        case "_id": return ("_id", id)
        case "_lastUpdated": return ("_lastUpdated", "gt2000")
        default: break
        }
        if parameter.kind == .composite { return composite(node).map { (parameter.code, $0) } }
        for slot in parameter.slots.map({ index.slots[$0] }) {
            for path in slot.paths {
                if path.existsAndNotFalse {
                    let value = node[named: path.steps[0].property]
                    if let value { return (parameter.code, value.bool == false ? "false" : "true") }
                    continue
                }
                for value in values(path, node) {
                    if let text = text(value, path.leafName, parameter.kind) { return (parameter.code, text) }
                }
            }
        }
        return nil
    }

    private func composite(_ node: JSONNode) -> String? {
        for alternative in parameter.alternatives {
            switch alternative {
            case .conjunction(let parts):
                let texts = parts.map { part in
                    part.slots.flatMap { index.slots[$0].paths }.lazy.compactMap { path in
                        values(path, node).lazy.compactMap { text($0, path.leafName, part.kind) }.first
                    }.first
                }
                if texts.allSatisfy({ $0 != nil }) { return texts.compactMap { $0 }.joined(separator: "$") }
            case .slot(let number):
                let slot = index.slots[number]
                for base in slot.paths.flatMap({ values($0, node) }) {
                    let texts = slot.components.map { component in
                        component.paths.lazy.compactMap { path in
                            values(path, component.startsAtResource ? node : base)
                                .lazy.compactMap { text($0, path.leafName, component.kind) }.first
                        }.first
                    }
                    if texts.allSatisfy({ $0 != nil }) { return texts.compactMap { $0 }.joined(separator: "$") }
                }
            }
        }
        return nil
    }

    private func values(_ path: BoundPath, _ node: JSONNode) -> [JSONNode] {
        path.steps.reduce([node]) { nodes, step in
            nodes.flatMap { node -> [JSONNode] in
                guard let member = node[named: step.property] else { return [] }
                var items = member.items
                if let position = step.position { items = position < items.count ? [items[position]] : [] }
                switch step.filter {
                case .memberEquals(let name, let value)?: return items.filter { $0[named: name]?.string == value }
                case .hasExtension(let url)?:
                    return items.filter { item in
                        item["extension"]?.items.contains { $0["url"]?.string == url } == true
                    }
                case nil: return items
                }
            }
        }
    }

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { $0 += ",$|\\".contains($1) ? "\\\($1)" : String($1) }
    }

    private func text(_ value: JSONNode, _ leaf: String, _ kind: SearchKind) -> String? {
        switch kind {
        case .token: token(value, leaf)
        case .reference: reference(value, leaf)
        case .uri: value.string.map(escaped)
        case .string: value.string.map { escaped(String($0.prefix(200))) }
        case .number: value.numberText
        case .quantity: quantity(value, leaf)
        case .date: date(value, leaf)
        default: nil
        }
    }

    private func token(_ value: JSONNode, _ leaf: String) -> String? {
        switch leaf {
        case "CodeableConcept":
            return value["coding"]?.items.lazy.compactMap { token($0, "Coding") }.first
        case "Coding", "Identifier":
            guard let code = value[named: leaf == "Coding" ? "code" : "value"]?.string else { return nil }
            return (value["system"]?.string).map { escaped($0) + "|" + escaped(code) } ?? "|" + escaped(code)
        case "ContactPoint": return value["value"]?.string.map(escaped)
        default: return value.isObject ? nil : escaped(String(decoding: value.source, as: UTF8.self).trimming("\""))
        }
    }

    private func reference(_ value: JSONNode, _ leaf: String) -> String? {
        if leaf == "Resource" {
            guard let type = value["resourceType"]?.string, let id = value["id"]?.string,
                parameter.targets.contains(where: { indexer.definitions.name(of: $0) == type })
            else { return nil }
            return type + "/" + id
        }
        guard let text = (leaf == "Reference" ? value["reference"] : value)?.string, !text.hasPrefix("#") else {
            return nil
        }
        // Only to a type the parameter takes; foreign URLs where no type is asked for.
        if text.contains(":") { return parameter.refersTo == nil ? escaped(text) : nil }
        let type = indexer.definitions.resourceType(named: String(text.prefix { $0 != "/" }))
        guard let type, parameter.targets.isEmpty || parameter.targets.contains(type) else { return nil }
        return escaped(text)
    }

    private func quantity(_ value: JSONNode, _ leaf: String) -> String? {
        switch leaf {
        case "Range":
            guard let low = value["low"]?["value"]?.numberText else { return nil }
            return "ge" + low
        case "SampledData": return value["origin"]?["value"]?.numberText.map { "ge" + $0 }
        case "Money":
            guard let number = value["value"]?.numberText else { return nil }
            return number + "||" + (value["currency"]?.string ?? "")
        default:
            guard let number = value["value"]?.numberText else { return nil }
            let prefix = value["comparator"]?.string.map { $0.hasPrefix("<") ? "lt" : "gt" } ?? ""
            if let system = value["system"]?.string, let code = value["code"]?.string {
                return prefix + number + "|" + escaped(system) + "|" + escaped(code)
            }
            return prefix + number + (value["unit"]?.string.map { "||" + escaped($0) } ?? "")
        }
    }

    private func date(_ value: JSONNode, _ leaf: String) -> String? {
        switch leaf {
        case "Period":
            if let start = value["start"]?.string { return "ge" + start }
            return (value["end"]?.string).map { "le" + $0 }
        case "Timing":
            if let event = value["event"]?.items.first?.string { return "ge" + event }
            return (value["repeat"]?["boundsPeriod"]?["start"]?.string).map { "ge" + $0 }
        default: return value.string
        }
    }
}

extension String {
    fileprivate func trimming(_ mark: Character) -> String {
        var text = Substring(self)
        if text.first == mark { text = text.dropFirst() }
        if text.last == mark { text = text.dropLast() }
        return String(text)
    }
}
