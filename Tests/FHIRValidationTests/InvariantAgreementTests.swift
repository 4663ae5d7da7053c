import FHIRDefinitions
import Foundation
import JSONTape
import Testing

@testable import FHIRPath
@testable import FHIRValidation

/// The walk settles most invariants by the presence of elements, and some by code of its own: the outcome is that of
/// evaluating every invariant on every element.
@Suite struct InvariantAgreementTests {
    private static let engine = FHIRPathEngine()
    private static let validator = ResourceValidator(definitions: .r4, engine: engine)

    /// Rules that the walk reads more strictly than their expressions: dom-3 asks for contained resources without id
    /// too, and txt-1 is told from txt-2 although both have one expression.
    private static let stricter: Set<String> = ["dom-3", "txt-1", "txt-2", "sqt-1"]
    /// Profiles that examples name have rules of their own.
    private static let standard = Set(FHIRDefinitions.r4.invariants.map(\.key))

    @Test func everyExampleBreaksTheSameRules() throws {
        var (documentCount, brokenCount) = (0, 0)
        for file in try ReferenceData.files(under: "fhir-r4/examples", ending: ".json") {
            let whole = try Document.parse([UInt8](Data(contentsOf: file)))
            var documents = [whole]
            let memberCount = MemberRemoval.memberCount(whole)
            // A few members each, spread over the resource.
            for step in 0..<min(6, memberCount) {
                documents.append(try MemberRemoval.document(whole, without: step * memberCount / 6))
            }
            for document in documents {
                let node = JSONNode(document)
                let name = try #require(node["resourceType"]?.string)
                let type = try #require(FHIRDefinitions.r4.resourceType(named: name))
                let issues = Self.validator.issues(in: node, type: type)
                let found = Set(issues.compactMap(\.rule)).subtracting(Self.stricter).intersection(Self.standard)
                let expected = EveryInvariant(Self.engine).broken(in: document).subtracting(Self.stricter)
                #expect(found == expected, "\(file.lastPathComponent) \(found) \(expected)")
                documentCount += 1
                brokenCount += expected.count
            }
        }
        print("invariants by walk and by FHIRPath agree on \(documentCount) resources, \(brokenCount) of them broken")
    }

    /// A test says what the expression says, or that it has to be evaluated.
    @Test(arguments: [
        ("status.exists()", ["status"], PresenceTest.Verdict.holds), ("status.exists()", [], .violated),
        ("status.empty() or value.empty()", ["status"], .holds), ("value.empty().not()", ["value"], .holds),
        ("value.exists() xor status.exists()", ["value", "status"], .violated),
        ("value.exists() = status.exists()", [], .holds), ("value.exists() != status.exists()", [], .violated),
        ("value.exists() implies status.exists()", ["value"], .violated),
        ("status = 'final'", [], .empty), ("status = 'final'", ["status"], .open),
        ("status = 'final' and value.exists()", [], .violated),
        ("status = 'final' or value.empty()", ["value"], .empty),
        ("(identifier.count() + note.count()) > 0", ["note"], .holds),
        ("(identifier.count() + note.count()) > 0", [], .violated), ("note.count() > 1", ["note"], .open),
        ("text.`div`.exists()", ["text"], .holds), ("code.text.exists()", ["code"], .open),
        ("code.text.exists()", [], .violated), ("component.where(code.exists()).exists()", ["component"], .open),
        ("component.all(code.exists())", [], .holds), ("Observation.status.exists()", ["status"], .holds),
        ("$this.status.exists()", ["status"], .holds), ("%resource.status.exists()", [], .open),
        ("unknown.exists()", ["status"], .violated), ("status in ('a' | 'b')", [], .empty),
        ("(value | status).exists()", ["status"], .holds), ("true", [], .holds), ("no expression at", [], .open),
    ])
    func presence(_ expression: String, _ elements: [String], _ verdict: PresenceTest.Verdict) throws {
        let type = try #require(FHIRDefinitions.r4.resourceType(named: "Observation"))
        var mask: UInt64 = 0
        for element in FHIRDefinitions.r4.elements(of: type) where elements.contains(element.name) {
            mask |= 1 << UInt64(element.order)
        }
        #expect(Self.engine.presenceTest(expression, on: type).verdict(elements: mask) == verdict)
    }
}

/// Evaluates every invariant on every element, as the standard describes it.
private struct EveryInvariant {
    private let engine: FHIRPathEngine
    private let definitions = FHIRDefinitions.r4

    init(_ engine: FHIRPathEngine) { self.engine = engine }

    /// Keys of the rules that are broken.
    func broken(in document: Document) -> Set<String> {
        let evaluation = Evaluation(document, engine: engine)
        var keys: Set<String> = []
        check(evaluation.rootResource, [], isEntry: false, evaluation.rootResource, evaluation, &keys)
        return keys
    }

    private func check(
        _ node: Node, _ elementInvariants: [Invariant], isEntry: Bool, _ resource: Node, _ evaluation: Evaluation,
        _ keys: inout Set<String>
    ) {
        var (resource, evaluation) = (resource, evaluation)
        if evaluation.schema.isResource(node.type) {
            resource = node
            // An entry is no part of the bundle around it: its own contained resources are meant.
            if isEntry, let index = node.value {
                evaluation = Evaluation(evaluation.document, root: index, engine: engine)
            }
        }
        for invariant in definitions[node.type].invariants + elementInvariants {
            // Those that cannot be evaluated are reported under their key as well.
            let holds = try? evaluation.holds(engine.expression(of: invariant), at: node, in: resource) ?? true
            if holds != true { keys.insert(invariant.key) }
        }
        for element in definitions.elements(of: node.type) {
            guard let name = evaluation.schema.elementName(element.name) else { continue }
            var children: [Node] = []
            evaluation.walk(node).children(of: node, named: name) {
                children.append($0)
                return true
            }
            let isEntry = element.name == "resource" && element.types.first?.type == evaluation.schema.resource
            for child in children {
                check(child, element.invariants, isEntry: isEntry, resource, evaluation, &keys)
            }
        }
    }
}

/// A document without one of its members, counted through all its objects.
enum MemberRemoval {
    static func memberCount(_ document: Document) -> Int {
        var count = 0
        visit(JSONNode(document)) { _ in count += 1 }
        return count
    }

    static func document(_ document: Document, without position: Int) throws -> Document {
        var writer = JSONWriter()
        var rest = position
        write(JSONNode(document), &rest, to: &writer)
        return try Document.parse(writer.bytes)
    }

    /// Objects are never empty, and a narrative without `div` is told by that alone.
    private static func isRemovable(_ key: String, from object: JSONNode) -> Bool {
        object.count > 1 && key != "resourceType" && key != "div"
    }

    private static func visit(_ node: JSONNode, _ body: (String) -> Void) {
        for (key, value) in node.members {
            if isRemovable(key, from: node) { body(key) }
            visit(value, body)
        }
        for item in node.elements { visit(item, body) }
    }

    private static func write(_ node: JSONNode, _ rest: inout Int, to writer: inout JSONWriter) {
        if node.isObject {
            writer.beginObject()
            for (key, value) in node.members {
                if isRemovable(key, from: node) {
                    rest -= 1
                    if rest == -1 { continue }
                }
                writer.key(named: key)
                write(value, &rest, to: &writer)
            }
            writer.endObject()
        } else if node.isArray {
            writer.beginArray()
            for item in node.elements { write(item, &rest, to: &writer) }
            writer.endArray()
        } else {
            writer.copy(node)
        }
    }
}
