import FHIRDefinitions

/// GraphQL queries by the fields that types have (R4 graphql.html).
struct GraphQLMaker {
    let definitions: FHIRDefinitions
    var values: ValueMaker

    private static let strange = [
        "{" + String(repeating: "a{", count: 2000), "mutation{a}", "subscription{a}", "{x(\u{0})}", "", "{", "}", "{}",
        "query Q($x:ID!){Patient(id:$x){id}}", "{...F}", "{...F} fragment F on Patient{...F}", "{a(b:[[[[1]]]])}",
        "{Patient(id:\"f1\"){id @skip}}", "\"\"\"", "{Patient(id:1e99999){id}}", "{PatientList(_count:-1){id}}",
        "{PatientList(name:{a:{b:1}}){id}}", "query A{a} query B{b}", "{Nothing(id:1){id}}", "{Patient(id:\"x\"){id}}",
    ]

    /// - Parameter type: of the resource that the query is about; nil for the whole server.
    mutating func query(about type: TypeID?) -> String {
        if values.isStrange() { return values.random.pick(Self.strange) }
        if let type { return "{\(selection(of: type, depth: 0))}" }
        let fields = (0..<1 + values.random.below(3)).map { "a\($0):\(root())" }
        let usesFragment = values.random.chance(15)
        return (values.random.chance(20) ? "query Q" : "") + "{\(fields.joined(separator: " "))"
            + (usesFragment ? " z:Patient(id:\"f1\"){...F}} fragment F on Patient{\(patientFields())}" : "}")
    }

    private mutating func patientFields() -> String {
        definitions.resourceType(named: "Patient").map { selection(of: $0, depth: 1) } ?? "id"
    }

    private mutating func root() -> String {
        let type = values.type()
        let name = definitions.name(of: type)
        let inner = selection(of: type, depth: 0)
        switch values.random.below(4) {
        case 0: return "\(name)(id:\"\(values.id())\"){\(inner)}"
        case 1: return "\(name)Connection(_count:\(values.random.below(3))){count edges{mode resource{\(inner)}} next}"
        default:
            let parameter = values.random.pick(definitions.searchParameters(of: type))
            // GraphQL writes the hyphens of names as underscores.
            let argument = parameter.code.map { $0 == "-" ? "_" : String($0) }.joined()
            return "\(name)List(\(argument):\"a\" _count:2){\(inner)}"
        }
    }

    private mutating func selection(of type: TypeID, depth: Int) -> String {
        var fields: [String] = []
        let elements = Array(definitions.elements(of: type)).filter { $0.name != "contained" && !$0.types.isEmpty }
        for _ in 0..<1 + values.random.below(5) {
            guard let element = elements.randomElement(using: &values.random) else { break }
            fields.append(field(element, depth: depth))
        }
        if depth == 0 { fields.append(values.random.pick(["id", "resourceType", "meta{versionId}", "__typename"])) }
        return fields.isEmpty ? "id" : fields.joined(separator: " ")
    }

    private mutating func field(_ element: ElementDefinition, depth: Int) -> String {
        let value = values.random.pick(element.types)
        let typeName = definitions.name(of: value.type)
        var text =
            element.isChoice ? element.name + typeName.prefix(1).uppercased() + typeName.dropFirst() : element.name
        if element.isRepeating, values.random.chance(25) { text += "(_count:\(values.random.below(3)))" }
        if values.random.chance(15) {
            text += values.random.pick([
                " @first", " @flatten", " @singleton", " @include(if:true)", " @skip(if:false)",
            ])
        }
        guard definitions[value.type].kind != .primitive, depth < 4 else { return text }
        if typeName == "Reference" {
            guard let target = value.targets.first, values.random.chance(60) else { return text + "{reference}" }
            let name = definitions.name(of: target)
            let optional = values.random.chance(50) ? "(optional:true)" : ""
            return text + "{resource\(optional){... on \(name){\(selection(of: target, depth: depth + 2))}}}"
        }
        return text + "{\(selection(of: value.type, depth: depth + 1))}"
    }
}
