import Testing

@testable import FHIRPath

/// Expressions made to take forever, or all of memory.
@Suite struct HostileTests {
    private static let numbers = "(1|2|3|4|5|6|7|8|9|10)"

    @Test(arguments: [
        // Each round makes ten times as many.
        numbers + String(repeating: ".select(\(numbers))", count: 5) + ".count()",
        "\(numbers).repeatAll($this)", "1.repeatAll($this | 2)", "1.repeat($this + 1)",
        // Ever longer strings, each of them new.
        "(1).repeat('\(String(repeating: "x", count: 60))' & $this.toString())",
        "\(numbers).aggregate($total & $total & $total & $total & $total & $total & $total & 'x', 'y').length()",
        "\(numbers).aggregate($total + $total + $total + $total + $total + $total, 'yyyyyyyyyyyyyyyy').length()",
        "'xxxxxxxxxxxxxxxxxxxx'" + String(repeating: ".replace('', '\(String(repeating: "x", count: 60))')", count: 4),
    ])
    func stops(_ text: String) throws {
        #expect(throws: FHIRPathError(.limit, "")) { try PathHarness.texts(text) }
    }

    /// Patterns on which backtracking takes exponential time.
    @Test(arguments: [
        "(a+)+b", "(a|a)*b", "(a|aa)+b", "(.*)*b", "a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaab", "((a{1,30}){1,30})b",
    ])
    func patternsTakeLinearTime(_ pattern: String) throws {
        let text = String(repeating: "a", count: 2000)
        #expect(try PathHarness.line("'\(text)'.matches('^\(pattern)$')") == "false")
    }

    @Test(arguments: [
        "((a{1000}){1000}){1000}", String(repeating: "(", count: 500), "a{1001}", "(?=a)", "(?<!a)", "(a)\\\\1",
    ])
    func patternsTooLargeOrUnsupported(_ pattern: String) throws {
        #expect(throws: FHIRPathError(.invalidPattern, "")) { try PathHarness.texts("'aaa'.matches('\(pattern)')") }
    }

    @Test func numbersThatDoNotFitAreEmpty() throws {
        #expect(try PathHarness.line("2147483647 + 1") == "")
        #expect(try PathHarness.line("(-2147483648).abs()") == "")
        #expect(try PathHarness.line("10.power(100)") == "")
        #expect(try PathHarness.line("9999999999999999999999999999999999999.0 * 99999999999999999999.0") == "")
    }
}
