import FHIRDefinitions
import Foundation
import JSONTape
import Testing

@testable import FHIRPath

/// The invariants of R4 as expressions.
@Suite struct InvariantTests {
    @Test func allCompile() {
        let engine = FHIRPathEngine()
        for invariant in FHIRDefinitions.r4.invariants {
            #expect(throws: Never.self, "\(invariant.key)") { try engine.expression(of: invariant) }
        }
    }

    /// Invariants that published examples break: the narrative of an EventDefinition has nothing in it, which txt-1 and
    /// txt-2 both forbid, as they have the same expression.
    static let broken: Set<String> = ["txt-1", "txt-2"]

    @Test func holdOnTheOfficialExamples() throws {
        let folder = ReferenceData.path("fhir-r4/examples")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            print("skipped: the official examples are not at \(folder)")
            return
        }
        let checker = InvariantChecker()
        var checkCount = 0
        var failures: [String: [String]] = [:]
        for name in names.sorted() where name.hasSuffix(".json") {
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
            let result = checker.check(try Document.parse(bytes))
            checkCount += result.count
            for (key, message) in result.failures { failures[key, default: []].append("\(name) \(message)") }
        }
        for (key, places) in failures.sorted(by: { $0.key < $1.key }) {
            print("\(key): \(places.count) times, first \(places[0])")
            #expect(Self.broken.contains(key), "\(key): \(places[0])")
        }
        print("invariants on the official examples: \(checkCount) checked")
    }
}

/// Walks a resource and checks every invariant on every element.
private struct InvariantChecker {
    private let engine = FHIRPathEngine()
    private let definitions = FHIRDefinitions.r4
    private let expressions: [FHIRPathExpression]

    init() {
        let engine = engine
        // All compile, as the other test says.
        expressions = FHIRDefinitions.r4.invariants.map { try! engine.expression(of: $0) }
    }

    struct Result {
        var count = 0
        var failures: [(String, String)] = []
    }

    func check(_ document: Document) -> Result {
        let evaluation = Evaluation(document, engine: engine)
        var result = Result()
        check(evaluation.rootResource, [], evaluation.rootResource, evaluation, &result)
        return result
    }

    private func check(
        _ node: Node, _ elementInvariants: [Invariant], _ resource: Node, _ evaluation: Evaluation,
        _ result: inout Result
    ) {
        var resource = resource
        if evaluation.schema.isResource(node.type) { resource = node }
        var seen: Set<Int> = []
        for invariant in definitions[node.type].invariants + elementInvariants
        where seen.insert(invariant.index).inserted {
            result.count += 1
            do {
                // Empty leaves it open, as ref-1 does for references without a URL.
                if try evaluation.holds(expressions[invariant.index], at: node, in: resource) == false,
                    invariant.severity == .error
                {
                    result.failures.append((invariant.key, definitions.name(of: node.type)))
                }
            } catch {
                result.failures.append((invariant.key, "\(definitions.name(of: node.type)): \(error)"))
            }
        }
        for element in definitions.elements(of: node.type) {
            guard let name = evaluation.schema.elementName(element.name) else { continue }
            var children: [Node] = []
            evaluation.walk(node).children(of: node, named: name) {
                children.append($0)
                return true
            }
            for child in children { check(child, element.invariants, resource, evaluation, &result) }
        }
    }
}
