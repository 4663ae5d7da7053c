import Testing

@testable import FHIRTerminology

/// Regular expressions of value set filters.
@Suite struct CodePatternTests {
    @Test(arguments: [
        "(", ")", "a)", "[a", "*", "a|*", "a{", "a{2", "a{3,2}", "a{99999}", "\\", "(?=a)", "(?<n>a)", "\\p{L}",
        "[z-a]",
        "\\1", "[\\D]",
    ])
    func whatCannotBeReadIsRefused(text: String) {
        #expect(throws: TerminologyError.self) { try CodePattern(text) }
        #expect((try? CodePattern(text)) == nil)
    }

    /// Text that would take other machines years, or all memory.
    @Test(arguments: [
        "((a{1000}){1000}){1000}", "((){1000}){1000}){1000}", "(((){1000}){1000}){1000}",
        String(repeating: "(", count: 900),
        String(repeating: "a", count: 1001), "((a?){100}){100}",
    ])
    func bombsAreRefused(text: String) {
        #expect(throws: TerminologyError.self) { try CodePattern(text) }
    }

    @Test(arguments: ["(a+)+", "(a|aa)+", "(a*)*", "(a?){50}a{50}", "(.*)*", "(a|a|a|a)*"])
    func nothingGoesBack(text: String) throws {
        let pattern = try CodePattern(text + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 2000)))
        #expect(pattern.matches(String(repeating: "a", count: 60) + "b"))
    }

    @Test(arguments: [
        ("abc", "abc", "ab abcd xabc ABC"), ("a.c", "abc a.c", "ac abbc"), ("a*", "aaa", "b ab"),
        ("a+b?", "a aab", "b abb"), ("a|bc", "a bc", "ab c abc"), ("(a|b)c", "ac bc", "abc"),
        ("(?:ab){2}", "abab", "ab ababab"), ("a{2,}", "aa aaaa", "a"), ("a{1,2}", "a aa", "aaa"),
        ("[a-c]x", "ax cx", "dx"),
        ("[^a-c]x", "dx", "ax"), ("\\d{2}-\\d", "12-3", "1-3 ab-c"), ("[\\d.]+", "1.2", "a"),
        ("\\w\\S\\W", "ab.", "a.b"),
        ("^[A-Z]\\d+(\\.\\d+)?$", "E11 E11.9", "11 E E11."), ("[-a]", "- a", "b"), ("[]a]", "] a", "b"),
        ("a\\.b", "a.b", "axb"),
        ("a*?b", "b aab", "a"), ("ü.", "üb", "ub"),
    ])
    func wholeTextsMatch(pattern: String, matching: String, other: String) throws {
        let parsed = try CodePattern(pattern)
        for text in matching.split(separator: " ") { #expect(parsed.matches(String(text)), "\(text)") }
        for text in other.split(separator: " ") { #expect(!parsed.matches(String(text)), "\(text)") }
    }
}
