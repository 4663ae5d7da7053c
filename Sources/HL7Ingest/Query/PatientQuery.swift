import HL7Mapping
import HL7Syntax

/// What QPD asks: the search for patients, as parameters of R4 Patient.
struct PatientQuery {
    /// Names and values of search parameters; all have to hold.
    private(set) var parameters: [(String, String)] = []
    /// What cannot be searched by; such a query is not answered with more than was asked for.
    private(set) var issues: [Acknowledgement.Issue] = []

    /// QPD-3 of a patient demographics query: `@PID.5.1^SMITH~@PID.7^19700101`. IHE ITI TF-2 3.21.4.1.2.
    init(demographics field: Field, profile: SourceProfile) {
        var identifier: (value: String?, authority: [Int: String]) = (nil, [:])
        var account: (value: String?, authority: [Int: String]) = (nil, [:])
        for (index, repetition) in field.repetitions.enumerated() {
            let name = repetition[component: 1].string.cleanedText
            let value = repetition[component: 2].string.cleanedText
            guard !name.isEmpty || !value.isEmpty else { continue }
            let path = name.drop { $0 == "@" }.split(separator: ".").map(String.init)
            let numbers = path.dropFirst().map { Int($0) ?? 0 }
            guard path.first?.uppercased() == "PID", let field = numbers.first, !value.isEmpty else {
                refuse(repetition: index + 1)
                continue
            }
            let part = numbers.dropFirst().first ?? 1
            switch (field, part) {
            case (2, 1), (3, 1), (4, 1): identifier.value = value
            case (3, 4): identifier.authority[numbers.dropFirst(2).first ?? 1] = value
            case (18, 1): account.value = value
            case (18, 4): account.authority[numbers.dropFirst(2).first ?? 1] = value
            default:
                if let parameter = Self.parameter(field, part, value) {
                    parameters.append(parameter)
                } else {
                    refuse(repetition: index + 1)
                }
            }
        }
        if let token = Self.token(identifier, profile) { parameters.append(("identifier", token)) }
        if let token = Self.token(account, profile) {
            parameters.append(("_has:Account:subject:identifier", token))
        }
    }

    /// Everything but identifiers, which have several parts.
    private static func parameter(_ field: Int, _ part: Int, _ value: String) -> (String, String)? {
        switch (field, part) {
        case (5, 1): text("family", value)
        case (5, 2), (5, 3): text("given", value)
        case (7, _): date(value).map { ("birthdate", $0) }
        case (8, _): gender(value).map { ("gender", $0) }
        case (11, 1), (11, 2): text("address", value)
        case (11, 3): text("address-city", value)
        case (11, 4): text("address-state", value)
        case (11, 5): text("address-postalcode", value)
        case (11, 6): text("address-country", value)
        case (13, 1), (13, 12), (14, 1), (14, 12): ("phone", value.searchEscaped)
        case (13, 4): ("email", value.searchEscaped)
        case (19, _): ("identifier", "http://hl7.org/fhir/sid/us-ssn|" + value.searchEscaped)
        default: nil
        }
    }

    /// A star at the end is what FHIR does anyway; one in front asks for a part of the text.
    private static func text(_ name: String, _ value: String) -> (String, String)? {
        let bare = value.filter { $0 != "*" }
        guard !bare.isEmpty else { return nil }
        return (value.hasPrefix("*") ? name + ":contains" : name, bare.searchEscaped)
    }

    private static func date(_ value: String) -> String? {
        let digits = value.prefix { $0.isNumber }
        guard digits.count >= 4, digits.allSatisfy(\.isASCII) else { return nil }
        var parts = [String(digits.prefix(4))]
        if digits.count >= 6 { parts.append(String(digits.dropFirst(4).prefix(2))) }
        if digits.count >= 8 { parts.append(String(digits.dropFirst(6).prefix(2))) }
        return parts.joined(separator: "-")
    }

    private static func gender(_ value: String) -> String? {
        switch value.uppercased() {
        case "F": "female"
        case "M": "male"
        case "U": "unknown"
        case "O", "A", "N": "other"
        default: nil
        }
    }

    private static func token(
        _ identifier: (value: String?, authority: [Int: String]), _ profile: SourceProfile
    ) -> String? {
        guard let value = identifier.value else { return nil }
        let system = AssignerName(
            namespace: identifier.authority[1], universalID: identifier.authority[2], type: identifier.authority[3]
        ).system(profile)
        return (system.map { $0.searchEscaped + "|" } ?? "") + value.searchEscaped
    }

    private mutating func refuse(repetition: Int) {
        issues.append(
            Acknowledgement.Issue(
                .tableValueNotFound, at: HL7Location(segment: "QPD", sequence: 1, field: 3, repetition: repetition),
                userMessage: "cannot be searched by"))
    }
}

extension String {
    /// As the value of a search parameter, R4 search.html#escaping.
    var searchEscaped: String {
        var escaped = ""
        for character in self {
            if "\\,$|".contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
        return escaped
    }

    /// Without blanks around.
    var cleanedText: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
