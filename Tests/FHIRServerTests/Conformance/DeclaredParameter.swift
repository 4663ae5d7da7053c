import FHIRDefinitions
import JSONTape
import Testing

/// One `searchParam` of the CapabilityStatement, and queries for all that it declares.
struct DeclaredParameter {
    private let code: String
    private let kind: SearchParameterDefinition.Kind
    private let definition: SearchParameterDefinition
    /// As its documentation lists them.
    let modifiers: [String]

    /// Values for parameters that are not searched as their kind is.
    private static let values = [
        "_lastUpdated": "2020", "_profile": "http://a/b", "_security": "a%7Cb", "_filter": "_id%20eq%20a",
        "near": "1%7C2%7C3%7Ckm",
    ]
    /// A code system that has to be there for `:above` and `:below`.
    static let codeSystem =
        #"{"resourceType":"CodeSystem","url":"http://c","content":"complete","concept":[{"code":"d"}]}"#
    private static let genders = "http://hl7.org/fhir/ValueSet/administrative-gender"

    init(_ node: JSONNode) throws {
        code = try #require(node["name"]?.string)
        kind = try #require(SearchParameterDefinition.Kind(rawValue: node["type"]?.string ?? ""))
        let url = node["definition"]?.string
        definition = try #require(FHIRDefinitions.r4.searchParameters.first { $0.url == url })
        #expect(definition.code == code && definition.type == kind)
        let list = node["documentation"]?.string?.split(separator: ": ").last ?? ""
        modifiers = list.split(separator: ", ").map(String.init)
    }

    /// `name=value` without modifier, then with each.
    var pairs: [String] {
        get throws {
            try ["\(code)=\(value)"]
                + modifiers.flatMap { modifier in
                    if FHIRDefinitions.r4.resourceType(named: modifier) != nil { return ["\(code):\(modifier)=a"] }
                    if modifier == "[Type]" { return ["\(code):Patient=a", "\(code):Library=a"] }
                    return ["\(code):\(modifier)=\(try #require(value(with: modifier), "\(code):\(modifier)"))"]
                }
        }
    }

    private var value: String {
        if let value = Self.values[code] { return value }
        guard kind == .composite else { return Self.value(of: kind) }
        let parameters = FHIRDefinitions.r4.searchParameters
        return definition.components.map { Self.value(of: parameters[$0.definition].type) }.joined(separator: "$")
    }

    private static func value(of kind: SearchParameterDefinition.Kind) -> String {
        switch kind {
        case .number: "ge1"
        case .quantity: "lt1.50%7Chttp://unitsofmeasure.org%7Cmg"
        case .date: "ap2020-01-01"
        case .uri: "http://a/b"
        case .token: "http://a%7Cb"
        case .string, .reference, .composite, .special: "a"
        }
    }

    private func value(with modifier: String) -> String? {
        switch modifier {
        case "missing": "true"
        case "exact", "contains", "text": "a"
        case "not": value
        case "in", "not-in": Self.genders
        case "identifier": "http://a%7Cb"
        case "of-type": "http://a%7Cb%7Cc"
        case "above", "below": kind == .token ? "http://c%7Cd" : hierarchical
        default: nil
        }
    }

    /// A resource that can be a part of others of its type, or a canonical URL.
    private var hierarchical: String {
        guard kind == .reference else { return "http://a/b" }
        if modifiers.contains("[Type]") { return "Location/a" }
        let definitions = FHIRDefinitions.r4
        let target = definition.targets.first { target in
            modifiers.contains(definitions.name(of: target))
                && definitions.searchParameters(of: target).contains {
                    ["partof", "part-of"].contains($0.code) && $0.targets.contains(target)
                }
        }
        return target.map { "\(definitions.name(of: $0))/a" } ?? "http://a/b%7C1"
    }
}
