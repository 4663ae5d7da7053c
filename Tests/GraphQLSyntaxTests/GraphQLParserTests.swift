import Testing

@testable import GraphQLSyntax

@Suite struct GraphQLParserTests {
    @Test(arguments: [
        ("", 1, 1), ("{", 1, 2), ("{ a", 1, 4), ("{}", 1, 3), ("{ a }}", 1, 6), ("query ($a) { b }", 1, 10),
        ("{ a(b: ) }", 1, 8), ("{ a(b: 01) }", 1, 8), ("{ a(b: 1x) }", 1, 8), ("{ a(b: 1.) }", 1, 8),
        ("{ a(b: \"c) }", 1, 8), ("{\n  a(b: \"\\q\")\n}", 2, 8), ("{\n  a(b: \"\\u12\")\n}", 2, 8),
        ("{ a . b }", 1, 5), ("{ a; }", 1, 4), ("fragment on on A { b }", 1, 10), ("fragment a B { b }", 1, 12),
        ("fragment a on B { c }", 1, 22), ("{ ...on }", 1, 9), ("{ a @ }", 1, 7), ("{ a(b: $) }", 1, 9),
        ("subscriptions { a }", 1, 1), ("{ a } { b", 1, 10), ("{ a(b: \"\u{0}\") }", 1, 8),
        ("{ a } fragment f on A { b } fragment f on A { b }", 1, 29), ("{ a(b: \"\"\"c) }", 1, 8),
        ("{ a(b: \"\\uD800\") }", 1, 8),
    ])
    func saysWhereItBreaks(_ text: String, _ line: Int, _ column: Int) {
        let error = #expect(throws: GraphQLSyntaxError.self) { try GraphQLParser.parse(text) }
        #expect(error?.location == GraphQLLocation(line: line, column: column))
    }

    @Test func limitsHold() {
        var limits = GraphQLLimits()
        limits.depth = 3
        #expect(throws: GraphQLSyntaxError.self) { try GraphQLParser.parse("{a{b{c{d}}}}", limits: limits) }
        #expect(throws: Never.self) { try GraphQLParser.parse("{a{b{c}}}", limits: limits) }
        limits.tokenCount = 5
        #expect(throws: GraphQLSyntaxError.self) { try GraphQLParser.parse("{a b c d}", limits: limits) }
        limits.byteCount = 5
        #expect(throws: GraphQLSyntaxError.self) { try GraphQLParser.parse("{aaaaaaa}", limits: limits) }
        let deep = String(repeating: "[", count: 100_000 - 20)
        #expect(throws: GraphQLSyntaxError.self) { try GraphQLParser.parse("{a(b:\(deep))}") }
    }

    @Test func readsAQueryWithAllParts() throws {
        let document = try GraphQLParser.parse(
            """
            # comment
            query Find($id: ID! = "7", $n: [Int!]!, $b: Boolean) @x {
              one: Patient(id: $id, n: -1.5e3, l: [1, "a", true, null, red], o: {k: $b}) @first @slice(path: "use") {
                name { given } ...parts @include(if: $b) ... on Patient { id } ... { active }
              }
            }
            fragment parts on Patient { birthDate }
            """)
        let operation = try #require(document.operation(named: "Find"))
        #expect(operation.kind == .query)
        #expect(operation.variables.map(\.name) == ["id", "n", "b"])
        #expect(operation.variables.map(\.type) == ["ID!", "[Int!]!", "Boolean"])
        #expect(operation.variables.map(\.isRequired) == [false, true, false])
        #expect(document.fragments["parts"]?.type == "Patient")
        guard case .field(let field)? = operation.selections.first else { return #expect(Bool(false)) }
        #expect(field.key == "one")
        #expect(field.name == "Patient")
        #expect(field.location == GraphQLLocation(line: 3, column: 3))
        #expect(
            field.arguments.map(\.value) == [
                .variable("id"), .number("-1.5e3"),
                .list([.number("1"), .string("a"), .bool(true), .null, .enumeration("red")]),
                .object(["k": .variable("b")]),
            ])
        #expect(field.directives.map(\.name) == ["first", "slice"])
        #expect(field.directives[1].argument("path") == .string("use"))
        #expect(field.selections.count == 4)
    }

    @Test(arguments: [
        (#""a\n\"\\\/Aé😀""#, "a\n\"\\/Aé😀"), (#""""#, ""), ("\"\"\"\n  a\n    b \\\"\"\"\n\n\"\"\"", "a\n  b \"\"\""),
        ("\"\u{1F600}\"", "😀"),
    ])
    func readsStrings(_ literal: String, _ value: String) throws {
        let document = try GraphQLParser.parse("{ a(b: \(literal)) }")
        guard case .field(let field)? = document.operations.first?.selections.first else { return #expect(Bool(false)) }
        #expect(field.arguments.map(\.value) == [.string(value)])
    }

    @Test func anOperationIsChosenByName() throws {
        let document = try GraphQLParser.parse("query A { a } query B { b }")
        #expect(document.operation(named: nil) == nil)
        #expect(document.operation(named: "B")?.name == "B")
        #expect(document.operation(named: "C") == nil)
    }
}
