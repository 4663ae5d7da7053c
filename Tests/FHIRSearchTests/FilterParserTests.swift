import Testing

@testable import FHIRSearch

/// R4 search_filter.html
@Suite struct FilterParserTests {
    private func test(_ name: String, _ value: String, _ comparison: FilterTest.Operator = .eq) -> FilterExpression {
        .test(
            FilterTest(
                path: [FilterTest.Step(name: name, filter: nil, position: 0)], comparison: comparison, value: value,
                valuePosition: 0))
    }

    /// The expression without the places, which tables need not repeat.
    private func parsed(_ text: String) throws -> FilterExpression { try FilterParser.parse(text).unplaced }

    @Test func logicIsTakenFromLeftToRight() throws {
        let (a, b, c) = (test("a", "1"), test("b", "2"), test("c", "3"))
        #expect(try parsed("a eq 1 or b eq 2 and c eq 3") == .both(.either(a, b), c))
        #expect(try parsed("a eq 1 or (b eq 2 and c eq 3)") == .either(a, .both(b, c)))
        #expect(try parsed("not(a eq 1)and not ( b eq 2 )") == .both(.not(a), .not(b)))
        #expect(try parsed("((a eq 1))") == a)
        #expect(try parsed("  a   eq\t1  ") == a)
    }

    @Test(arguments: [
        (#"a eq "x y""#, "x y"), (#"a eq "\"\\\/\u00e9\n""#, "\"\\/é\n"), ("a eq http://x|1-2", "http://x|1-2"),
        ("a eq 2020-01-01T00:00:00+01:00", "2020-01-01T00:00:00+01:00"), ("a eq (x", "(x"), ("a eq and", "and"),
    ])
    func valuesAreStringsOrTokens(text: String, value: String) throws {
        #expect(try parsed(text) == test("a", value))
    }

    @Test func pathsHaveTypesAndFilters() throws {
        guard case .test(let found) = try FilterParser.parse("subject:Patient[name eq x].organization.name co y") else {
            Issue.record("no test")
            return
        }
        #expect(found.path.map(\.name) == ["subject:Patient", "organization", "name"])
        #expect(found.path.map(\.position) == [1, 28, 41])
        #expect(found.path[0].filter?.unplaced == test("name", "x"))
        #expect(found.comparison == .co && found.value == "y" && found.valuePosition == 49)
    }

    @Test(arguments: FilterTest.Operator.allCases) func operatorsAreRead(comparison: FilterTest.Operator) throws {
        #expect(try parsed("a \(comparison.rawValue) b") == test("a", "b", comparison))
    }

    @Test(arguments: [
        ("", 1), ("a", 2), ("a eq", 5), ("a EQ 1", 3), ("a like 1", 3), ("a eq1", 5), ("(a eq 1", 8), ("a eq 1)", 7),
        ("a eq 1 b eq 2", 8), ("a eq 1 and", 11), ("a[b eq 1] eq 2", 10), ("a[b eq 1", 9), ("a. eq 1", 3),
        (#"a eq """#, 6), (#"a eq "x"#, 6), (#"a eq "\q""#, 8), (#"a eq "\u12""#, 9), ("é eq 1", 1), ("not a eq 1", 5),
        ("a eq ]", 6),
    ])
    func mistakesHaveAPlace(text: String, position: Int) {
        let error = #expect(throws: SearchError.self) { try FilterParser.parse(text) }
        #expect(error?.code == .invalidValue)
        #expect(error?.message.hasPrefix("At character \(position) ") == true, "\(error?.message ?? "")")
    }

    @Test func limitsHold() {
        let deep = String(repeating: "(", count: 30) + "a eq 1" + String(repeating: ")", count: 30)
        let long = [String](repeating: "a eq 1", count: 101).joined(separator: " or ")
        for text in [deep, long, String(repeating: "a[", count: 5000)] {
            let error = #expect(throws: SearchError.self) { try FilterParser.parse(text) }
            #expect(error?.code == .tooComplex)
        }
    }
}

extension FilterExpression {
    fileprivate var unplaced: FilterExpression {
        switch self {
        case .test(var test):
            test.valuePosition = 0
            for index in test.path.indices {
                test.path[index].position = 0
                test.path[index].filter = test.path[index].filter?.unplaced
            }
            return .test(test)
        case .not(let inner): return .not(inner.unplaced)
        case .both(let left, let right): return .both(left.unplaced, right.unplaced)
        case .either(let left, let right): return .either(left.unplaced, right.unplaced)
        }
    }
}
