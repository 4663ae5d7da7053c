/// Functions with regular expressions (FHIRPath 2.0 §5.6.9, §5.6.10).
extension FunctionLibrary {
    static let patterns: [String: FunctionDefinition] = [
        "matches": FunctionDefinition(1...1) { call throws(FHIRPathError) in try matches(call, whole: false) },
        "matchesFull": FunctionDefinition(1...1) { call throws(FHIRPathError) in try matches(call, whole: true) },
        "replaceMatches": FunctionDefinition(2...2) { call throws(FHIRPathError) in
            guard let text = try call.string(), let pattern = try call.stringArgument(0),
                let substitution = try call.stringArgument(1)
            else { return .none }
            // An empty pattern finds nothing to replace.
            if pattern.isEmpty { return .one(.string(text)) }
            var matcher = PatternMatcher(try call.evaluation.pattern(pattern), text, call.evaluation)
            return .one(.string(try matcher.replaced(by: substitution)))
        },
    ]

    private static func matches(_ call: Call, whole: Bool) throws(FHIRPathError) -> Items {
        guard let text = try call.string(), let pattern = try call.stringArgument(0) else { return .none }
        var matcher = PatternMatcher(try call.evaluation.pattern(pattern), text, call.evaluation)
        return .boolean(try matcher.matches(whole: whole))
    }
}
