/// What operations on definitions need to be called well: a code system `http://c` is there that has the code `d`.
enum DeclaredTerminology {
    /// What makes `Type/o` one that can be asked; JSON members behind a comma.
    static func members(of type: String) -> String {
        switch type {
        case "CodeSystem": #","url":"http://o","content":"complete","concept":[{"code":"d"}]"#
        case "ValueSet": #","url":"http://vs","compose":{"include":[{"system":"http://c"}]}"#
        case "ConceptMap":
            #","url":"http://m","group":[{"source":"http://c","target":"http://o","element":[{"code":"d","#
                + #""target":[{"code":"d","equivalence":"equal"}]}]}]"#
        case "StructureDefinition":
            #","url":"http://p","name":"P","status":"active","kind":"resource","abstract":false,"type":"Patient","#
                + #""derivation":"constraint","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","#
                + #""differential":{"element":[{"id":"Patient","path":"Patient"}]}"#
        default: ""
        }
    }

    /// A good call as a query, and as parts of a Parameters resource.
    static func arguments(_ name: String, _ type: String, isInstance: Bool) -> (query: String, parameters: String) {
        let values: [(name: String, type: String, value: String)] =
            switch (name, type) {
            case ("subsumes", _): [("system", "Uri", "http://c"), ("codeA", "Code", "d"), ("codeB", "Code", "d")]
            case ("expand", _): [("url", "Uri", genders)]
            case ("validate-code", "ValueSet"):
                [("url", "Uri", genders), ("system", "Uri", "http://c"), ("code", "Code", "d")]
            case ("validate-code", _): [("url", "Uri", "http://c"), ("code", "Code", "d")]
            default: [("system", "Uri", "http://c"), ("code", "Code", "d")]
            }
        // What is asked is the instance itself, and its own codes.
        let asked = values.filter { !isInstance || $0.name != "url" && (type != "CodeSystem" || $0.name != "system") }
        let query = asked.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let parameters = asked.map { #"{"name":"\#($0.name)","value\#($0.type)":"\#($0.value)"}"# }
        return (query.isEmpty ? "" : "?" + query, parameters.joined(separator: ","))
    }

    private static let genders = "http://hl7.org/fhir/ValueSet/administrative-gender"
}
