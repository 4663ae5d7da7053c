import Testing

@testable import FHIRPath

/// Texts that are no expressions, and where that shows; how operators bind.
@Suite struct SyntaxTests {
    @Test(arguments: [
        ("", FHIRPathError.Code.syntax, 0), ("2 + 2 /", .syntax, 7), ("2 + 2 /* open", .syntax, 6),
        ("name.", .syntax, 5), ("name..given", .syntax, 5), ("(1", .syntax, 2), ("1)", .syntax, 1),
        ("'open", .syntax, 0), ("'a\\x'", .syntax, 2), ("'\\u12'", .syntax, 1), ("`open", .syntax, 0),
        ("@2015-1", .syntax, 0), ("@2015-13", .syntax, 0), ("@2015-02-30", .syntax, 0), ("@T25", .syntax, 0),
        ("@T14:34:28Z", .syntax, 0), ("$that", .syntax, 0), ("1 2", .syntax, 2), ("{1}", .syntax, 1),
        ("a and", .syntax, 5), ("div", .syntax, 0), ("a.7", .syntax, 2), ("#", .syntax, 0), ("%", .syntax, 1),
        ("2147483649", .syntax, 0), ("a is", .syntax, 4), ("a[0", .syntax, 3), ("exists(", .syntax, 7),
        ("1.1.1", .syntax, 4), ("nofunction()", .unknownFunction, 0), ("name.nofunction()", .unknownFunction, 5),
        ("name.first(1)", .wrongArguments, 5), ("name.where()", .wrongArguments, 5),
        ("iif(true)", .wrongArguments, 0), ("name is Nothing", .unknownType, 5),
        ("name.as(string1)", .unknownType, 5), ("name.ofType(1)", .wrongArguments, 12),
    ])
    func refused(_ text: String, _ code: FHIRPathError.Code, _ offset: Int) {
        do throws(FHIRPathError) {
            _ = try PathHarness.engine.expression(text)
            Issue.record("\(text) is accepted")
        } catch {
            #expect(error.code == code, "\(text): \(error)")
            #expect(error.offset == offset, "\(text): \(error)")
        }
    }

    @Test(arguments: [
        ("1 + 2 * 3 + 4", "11"), ("(1 + 2) * 3", "9"), ("-1 + 2", "1"), ("- 2 * 3", "-6"), ("2 - -1", "3"),
        ("1 | 1 is Integer", "1, true"), ("1 < 2 = true", "true"), ("1 + 1 in (2 | 3)", "true"),
        ("true or true and false", "true"), ("false implies false implies false", "false"),
        ("'a' & 'b' = 'ab'", "true"), ("5 div 2", "2"), ("5 mod 2", "1"), ("1 /* one */ + // two\n 2", "3"),
        ("'\\u0041\\uD83D\\uDE00\\'\\\\\\n'", "A😀'\\\n"), ("4 days", "4 days"), ("1.5 'mg'", "1.5 'mg'"),
        ("@2015-02-04T14:34:28.123+10:00", "2015-02-04T14:34:28.123+10:00"), ("@2015T", "2015"), ("@T14:30", "14:30"),
        ("{}", ""), ("-2147483648", "-2147483648"), ("1.50", "1.50"), ("is.empty()", "true"),
        ("contains.empty() and in.empty() and as.empty()", "true"), ("`id`.empty()", "true"), ("(((1)))", "1"),
    ])
    func read(_ text: String, _ expected: String) throws {
        #expect(try PathHarness.line(text) == expected)
    }

    @Test func nestingIsLimited() throws {
        let limits = FHIRPathLimits()
        let nested = String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000)
        #expect(throws: FHIRPathError(.limit, "")) { try PathHarness.engine.expression(nested) }
        let signs = String(repeating: "-", count: 5000) + "1"
        #expect(throws: FHIRPathError(.limit, "")) { try PathHarness.engine.expression(signs) }
        let chain = "a" + String(repeating: ".a", count: 5000)
        #expect(throws: FHIRPathError(.limit, "")) { try PathHarness.engine.expression(chain) }
        let sum = "1" + String(repeating: " + 1", count: 5000)
        #expect(throws: FHIRPathError(.limit, "")) { try PathHarness.engine.expression(sum) }
        let long = "'" + String(repeating: "x", count: limits.maximumExpressionByteCount) + "'"
        #expect(throws: FHIRPathError(.limit, "")) { try PathHarness.engine.expression(long) }
        let allowed = String(repeating: "(", count: 90) + "1" + String(repeating: ")", count: 90)
        #expect(try PathHarness.line(allowed) == "1")
    }

    @Test func expressionsAreCompiledOnce() throws {
        let engine = FHIRPathEngine(capacity: 2)
        let first = try engine.expression("name.given")
        #expect(try engine.expression("name.given") === first)
        for number in 0..<10 { _ = try engine.expression("\(number)") }
        #expect(try engine.expression("name.given").text == "name.given")
    }
}
